using Governance.Durable;
using Governance.Functions.Deployments;
using Governance.Functions.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.LoadTests.Stack;

/// <summary>An app whose deployment orchestrations begin and end at once, so that what is measured is the request.</summary>
internal static class PausedOrchestrations
{
    internal static void In(WebApplicationBuilder builder) => builder.Services.AddSingleton(new FunctionCatalog(FunctionCatalog.Declared.Select(function =>
        function.Name == nameof(DeploymentOrchestrator) ? Function.Orchestration<Paused.DeploymentOrchestrator>() : function)));

    private static class Paused
    {
        internal sealed class DeploymentOrchestrator : TaskOrchestrator<DeploymentRun, bool>
        {
            public override Task<bool> RunAsync(TaskOrchestrationContext context, DeploymentRun input) => Task.FromResult(true);
        }
    }
}
