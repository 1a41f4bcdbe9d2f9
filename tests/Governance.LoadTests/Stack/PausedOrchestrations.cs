using Governance.Core;
using Governance.Core.Deployments;
using Governance.Durable;
using Governance.Functions.Deployments;
using Governance.Functions.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.LoadTests.Stack;

/// <summary>An app whose deployment orchestrations begin and end at once, so that what is measured is the request.</summary>
internal static class PausedOrchestrations
{
    /// <summary>How the load program is told to be an app that pauses the deployments that are marked.</summary>
    internal const string Verb = "app-with-pauses";

    // The ids of marked deployments begin so.
    private const int Mark = 0x0face000;

    /// <summary>All orchestrations of deployments.</summary>
    internal static void In(WebApplicationBuilder builder) => Replace(builder, Function.Orchestration<Paused.DeploymentOrchestrator>());

    /// <summary>Those of marked deployments; all others go on as always.</summary>
    internal static void OfMarked(WebApplicationBuilder builder) => Replace(builder, Function.Orchestration<PausedWhereMarked.DeploymentOrchestrator>());

    /// <summary>An id that is marked.</summary>
    internal static Guid MarkedId()
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.NewGuid().TryWriteBytes(bytes);
        BitConverter.TryWriteBytes(bytes, Mark);
        return new(bytes);
    }

    /// <summary>Runs the app itself, with pauses, until it is told to stop.</summary>
    internal static async Task<int> Serve()
    {
        await using var app = GovernanceApp.Build([], OfMarked);
        await app.RunAsync();
        return 0;
    }

    private static void Replace(WebApplicationBuilder builder, Function with) => builder.Services.AddSingleton(new FunctionCatalog(
        FunctionCatalog.Declared.Select(function => function.Name == nameof(DeploymentOrchestrator) ? with : function)));

    private static bool IsMarked(CorrelationId id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.Value.TryWriteBytes(bytes);
        return BitConverter.ToInt32(bytes) == Mark;
    }

    private static class Paused
    {
        internal sealed class DeploymentOrchestrator : TaskOrchestrator<DeploymentRun, bool>
        {
            public override Task<bool> RunAsync(TaskOrchestrationContext context, DeploymentRun input) => Task.FromResult(true);
        }
    }

    private static class PausedWhereMarked
    {
        internal sealed class DeploymentOrchestrator : TaskOrchestrator<DeploymentRun, DeploymentStatus?>
        {
            private readonly Functions.Deployments.DeploymentOrchestrator _itself = new();

            public override Task<DeploymentStatus?> RunAsync(TaskOrchestrationContext context, DeploymentRun input) =>
                IsMarked(input.CorrelationId) ? Task.FromResult<DeploymentStatus?>(null) : _itself.RunAsync(context, input);
        }
    }
}
