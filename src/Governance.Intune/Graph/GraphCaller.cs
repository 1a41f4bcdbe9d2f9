using System.Text;
using System.Text.Json;
using Azure.Identity;
using Governance.Core;
using Governance.Core.Rollout;
using Microsoft.Extensions.Logging;
using Microsoft.Graph.Models.ODataErrors;
using Microsoft.Kiota.Abstractions;

namespace Governance.Intune.Graph;

/// <summary>
/// Sends every Graph call: budget, circuit, time limit, repeats, and the one place where the SDK's exceptions become values.
/// The SDK's own retry is off: it would repeat creates, wait on the real clock, and lose the status when it gives up.
/// </summary>
internal sealed partial class GraphCaller(
    IntuneOptions options, CallBudget budget, CircuitBreaker circuit, TimeProvider clock, IntuneRandom random, ILogger log)
{
    public IntunePacing Pacing => options.Pacing;

    public TimeProvider Clock => clock;

    public CircuitState Circuit => circuit.State;

    /// <summary>Waits on the passed-in clock.</summary>
    public Task Pause(TimeSpan wait, CancellationToken cancellation) =>
        wait <= TimeSpan.Zero ? Task.CompletedTask : Task.Delay(random.Spread(wait), clock, cancellation);

    /// <summary>Sends a call, repeats it as its plan allows, and says what came of it.</summary>
    /// <param name="plan">What the call is.</param>
    /// <param name="whose">For whom.</param>
    /// <param name="send">Makes the SDK call; it must attach the <see cref="GraphCall"/> to its configuration.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<GraphReply<T>> Send<T>(
        CallPlan plan, CallFor whose, Func<GraphCall, CancellationToken, Task<T?>> send, CancellationToken cancellation)
    {
        var since = clock.GetTimestamp();
        var justification = (whose.Justification ?? options.ApprovalJustification) is { } text ? Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) : null;
        var justify = false;
        var waited = TimeSpan.Zero;
        GraphFault? unclear = null;
        for (var sent = 1; ; sent++)
        {
            var call = new GraphCall
            {
                ClientRequestId = random.NextGuid(),
                Operation = plan.Operation,
                Correlation = whose.Correlation,
                Approval = whose.Approval,
                Justification = justify ? justification : null,
            };
            var (value, fault) = await Once(plan, call, send, cancellation).ConfigureAwait(false);
            if (fault is null)
            {
                return GraphReply<T>.Of(value);
            }

            if (call.ApprovalCode is { } code)
            {
                log.HeldForApproval(plan.Operation, whose.Correlation, code);
                return new(default, null, new(code, call.Method, call.Path, call.BodySha256, clock.GetUtcNow()));
            }

            if (fault.IsApprovalPending && call.IsTheHeldOne)
            {
                return new(default, null, call.Approval);
            }

            if (fault.Status == 403 && call.IsTheHeldOne && unclear is not null)
            {
                // A code works once: the sending whose answer was lost has used it up, so nothing was refused. The next attempt sees what is there.
                return GraphReply<T>.Of(unclear);
            }

            unclear = fault.Unclear ? fault : unclear;
            if (fault.AsksForJustification && !justify && justification is not null)
            {
                justify = true;
                continue;
            }

            if (RetryRule.Next(plan, fault, sent, clock.GetElapsedTime(since), waited, options.Pacing) is not { } wait)
            {
                log.CallFailed(plan.Operation, whose.Correlation, fault.Status, fault.Message, string.Join(' ', fault.RequestIds));
                return GraphReply<T>.Of(fault);
            }

            log.CallRepeats(plan.Operation, whose.Correlation, fault.Status, wait);
            await Pause(wait, cancellation).ConfigureAwait(false);
            waited += wait;
            if (plan.Write && whose.StillHeld is { } held && !await held(cancellation).ConfigureAwait(false))
            {
                // Overtaken while the answer was waited for: whoever holds the claim now sees what the first sending has done.
                return GraphReply<T>.Of(fault);
            }
        }
    }

    private async Task<(T? Value, GraphFault? Fault)> Once<T>(
        CallPlan plan, GraphCall call, Func<GraphCall, CancellationToken, Task<T?>> send, CancellationToken cancellation)
    {
        if (circuit.Enter() is { } stayAway)
        {
            return (default, new(FaultKind.CircuitOpen, null, null, "Graph has not answered for some time; no call is made for now.", stayAway, []));
        }

        GraphFault? fault = null;
        T? value = default;
        var settled = false;
        try
        {
            await budget.Wait(plan.Write, cancellation).ConfigureAwait(false);
            using var limit = new CancellationTokenSource(options.Pacing.CallWithin, clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
            call.Turn = async token =>
            {
                // Each page has the time of a call, and none of it goes by in the queue for the budget.
                limit.CancelAfter(Timeout.InfiniteTimeSpan);
                await budget.Wait(plan.Write, token).ConfigureAwait(false);
                limit.CancelAfter(options.Pacing.CallWithin);
            };
            try
            {
                value = await send(call, both.Token).ConfigureAwait(false);
            }
            catch (ApiException answered)
            {
                fault = Read(answered, call);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                fault = NoAnswer(FaultKind.TimedOut, $"Graph did not answer within {options.Pacing.CallWithin.TotalSeconds:0} s.", call);
            }
            catch (Exception broken) when (broken is HttpRequestException or IOException)
            {
                fault = NoAnswer(FaultKind.NoAnswer, $"Graph could not be reached: {broken.Message}", call);
            }
            catch (Exception garbled) when (garbled is JsonException || (garbled is InvalidOperationException && call.Status is not null))
            {
                fault = NoAnswer(FaultKind.Garbled, $"Graph's answer ({call.Status}) cannot be read.", call);
            }
            catch (AuthenticationFailedException refused)
            {
                var kind = refused is CredentialUnavailableException or WrongTenantException ? FaultKind.SignInRefused : FaultKind.SignIn;
                fault = NoAnswer(kind, $"Entra ID gave no token: {refused.Message}", call);
            }

            settled = true;
        }
        finally
        {
            if (!settled)
            {
                circuit.Abandon();
            }
        }

        if (fault is { Kind: FaultKind.SignIn or FaultKind.SignInRefused })
        {
            circuit.Abandon();
        }
        else
        {
            circuit.Report(fault?.IsOutage ?? false);
        }

        if (fault is { Status: 429, RetryAfter: { } pause })
        {
            budget.Pause(pause);
        }

        log.Called(plan.Operation, call.Correlation, call.Method, call.Path, call.Status, call.ClientRequestId, call.RequestId);
        return (value, fault);
    }

    private static GraphFault NoAnswer(FaultKind kind, string message, GraphCall call) =>
        new(kind, null, null, message, null, Ids(call));

    private static GraphFault Read(ApiException answered, GraphCall call)
    {
        var error = (answered as ODataError)?.Error;
        var raw = error?.Message ?? answered.Message;
        return new(
            FaultKind.Answered,
            answered.ResponseStatusCode,
            error?.Code,
            // The wrapped Forbidden is recognised by the nested document's own text.
            answered.ResponseStatusCode == 401 ? raw : GraphFault.Unwrap(raw),
            call.RetryAfter,
            Ids(call));
    }

    private static EquatableArray<string> Ids(GraphCall call) =>
        call.RequestId is { } id ? [id, call.ClientRequestId.ToString("D")] : [call.ClientRequestId.ToString("D")];
}

/// <summary>For whom a call is made.</summary>
/// <param name="Correlation">The deployment; null for calls that belong to none.</param>
/// <param name="Approval">What an earlier attempt was told to wait for.</param>
/// <param name="Justification">What the tenant's approvers read; null for what the settings say.</param>
internal readonly record struct CallFor(CorrelationId? Correlation, TenantApproval? Approval = null, string? Justification = null)
{
    /// <summary>Whether the claim still is ours; asked before a write is sent again. Null where none is held.</summary>
    public Func<CancellationToken, Task<bool>>? StillHeld { get; init; }
}
