using System.Text;
using Governance.Durable;
using Governance.Durable.FunctionsHost;
using Governance.Functions.Hosting;
using Governance.Functions.Observability;

namespace Governance.Functions.FunctionsHost;

/// <summary>Runs the functions that the Functions host invokes: turns and activities of orchestrations, timers, queue messages. Answers on every path.</summary>
internal sealed class HostCalls(
    TurnHandler turns, TimerRuns timers, IServiceProvider services, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<HostCalls> log)
{
    /// <summary>How long a function may take: less than the host's <c>functionTimeout</c>, at which it kills the process with everything under way.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(29);

    /// <summary>Runs a function.</summary>
    /// <param name="function">Which.</param>
    /// <param name="body">The host's request.</param>
    /// <param name="gone">The host has given up on the call.</param>
    /// <returns>Always an answer that the host can read, and that ends no orchestration because of a fault of this process.</returns>
    public async Task<HostReply> Answer(Function function, Stream body, CancellationToken gone)
    {
        using var late = new CancellationTokenSource(Longest, clock);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(gone, late.Token, lifetime.ApplicationStopping);
        try
        {
            using var invocation = await HostInvocation.Read(body, ended.Token);
            services.GetService<HostedTaskClient>()?.Bind(invocation.Text(FunctionFolders.ClientBinding));
            return await Run(function, invocation, ended.Token).WaitAsync(ended.Token);
        }
        catch (Exception fault)
        {
            // The last place where a fault can be turned into an answer; an unanswered turn would end its orchestration.
            log.InvocationFailed(function.Name, fault);
            return AfterFault(function, fault);
        }
    }

    private async Task<HostReply> Run(Function function, HostInvocation invocation, CancellationToken cancellation)
    {
        switch (function.Trigger)
        {
            case OrchestrationTrigger:
                return HostReply.Of(invocation.Text(FunctionFolders.TurnBinding) is { } turn
                    ? turns.RunOrchestrator(turn)
                    : throw new InvalidDataException($"The host's invocation has no '{FunctionFolders.TurnBinding}'."));
            case ActivityTrigger:
                return HostReply.Of(await turns.RunActivity(function.Name, invocation.Text(FunctionFolders.InputBinding), string.Empty, cancellation));
            case TimerTrigger timer:
                return await timers.Run(function.Name, timer, cancellation) is { Succeeded: false } ? HostReply.Failed() : HostReply.Of();
            case QueueTrigger queue:
                var message = Encoding.UTF8.GetBytes(invocation.Text(FunctionFolders.MessageBinding) ?? string.Empty);
                await queue.Run(new(services, message, invocation.DequeueCount, cancellation));
                return HostReply.Of();
            default:
                throw new InvalidOperationException($"'{function.Name}' is not for the host to invoke.");
        }
    }

    // What cannot be read now cannot be read later. For everything else a turn is asked for again; it has no effect before its answer is taken.
    private static HostReply AfterFault(Function function, Exception fault) => (function.Trigger, fault) switch
    {
        (OrchestrationTrigger, InvalidDataException) => HostReply.Of(HostAnswers.TurnUnreadable(fault.Message)),
        (OrchestrationTrigger, _) => HostReply.Of(HostAnswers.TurnAgain($"The turn was not run: {fault.Message}")),
        (ActivityTrigger, _) => HostReply.Of(HostAnswers.ActivityFailed(fault)),
        _ => HostReply.Failed(),
    };
}
