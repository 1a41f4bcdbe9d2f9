using Governance.Core;
using Governance.Core.Deployments;
using Governance.Storage.Streams;

namespace Governance.LoadTests.Faults.Checking;

/// <summary>What a client was told, with a success, about a deployment.</summary>
/// <param name="Id">Which deployment.</param>
/// <param name="EventType">The event that the answer stands for; it must be in the log once.</param>
internal sealed record Promise(CorrelationId Id, string EventType);

/// <summary>Where a deployment may come to its end.</summary>
/// <param name="Id">Which deployment.</param>
/// <param name="Ends">Any of these.</param>
internal sealed record Expectation(CorrelationId Id, IReadOnlyCollection<DeploymentStatus> Ends);

/// <summary>Compares what clients were told with what the logs say.</summary>
internal static class PromiseCheck
{
    internal static IEnumerable<Violation> Run(
        IEnumerable<Promise> promises, IEnumerable<Expectation> expectations,
        IReadOnlyDictionary<CorrelationId, IReadOnlyList<StoredEvent>> logs, IReadOnlyDictionary<CorrelationId, StreamHead<DeploymentState>> heads)
    {
        foreach (var promise in promises.Distinct())
        {
            var count = logs.GetValueOrDefault(promise.Id)?.Count(each => each.EventType == promise.EventType) ?? 0;
            if (count != 1)
            {
                yield return new(Invariant.Promises, $"A client was told of {promise.EventType} of deployment {promise.Id}, and the log has it {count} times.");
            }
        }

        foreach (var expected in expectations)
        {
            var state = heads.GetValueOrDefault(expected.Id)?.State;
            if (state is null || !expected.Ends.Contains(state.Status))
            {
                var why = state is { PublishFailure: { } failure } ? $" The last publish failed with {failure.ErrorClass}, {failure.Code}: {failure.Message}" : string.Empty;
                yield return new(
                    Invariant.Ends,
                    $"Deployment {expected.Id} is {state?.Status.WireName() ?? "nowhere"} and not {string.Join(" or ", expected.Ends.Select(each => each.WireName()))}.{why}");
            }
        }
    }
}
