using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Events;
using Governance.Durable;
using Governance.Storage.Streams;
using Governance.Storage.Views;

namespace Governance.Functions.Cab;

/// <summary>Does what the term of an exception asks for: warns, ends it.</summary>
/// <remarks>A second run finds the end logged and appends nothing; a warning that is sent twice harms nobody.</remarks>
internal sealed class KeepExceptionTerm(
    EventStreams<ExceptionState, ExceptionEvent> exceptions, ExceptionViews views, ICabNotices notices, TimeProvider clock) : TaskActivity<ExceptionRun, ExceptionWatch>
{
    /// <inheritdoc/>
    public override async Task<ExceptionWatch> RunAsync(TaskActivityContext context, ExceptionRun input)
    {
        var cancellation = context.CancellationToken;
        var id = new CorrelationId(input.ExceptionId);
        var head = await exceptions.Read(id, cancellation) ?? throw new InvalidOperationException($"Exception {id} is watched and has no stream.");
        var term = ExceptionDecider.Term(head.State, await views.Of(head.State.Request.AppName, cancellation), clock.GetUtcNow());
        switch (term.Step)
        {
            case ExceptionTermStep.Warn when !input.Warned:
                await notices.ExceptionEnds(ExceptionSummary.Of(head.State, head.Sequence, head.At), cancellation);
                return new(Warned: true, term.NextAt);
            case ExceptionTermStep.Expire:
                var ended = await exceptions.Change(id, Actor.System, ExceptionDecider.Expire, cancellation);
                return ended.Settled is null ? throw new InvalidOperationException($"Exception {id} could not be ended: {ended}.") : new(input.Warned, NextAt: null);
            default:
                return new(input.Warned, term.NextAt);
        }
    }
}
