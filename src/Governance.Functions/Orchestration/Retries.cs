using Governance.Durable;

namespace Governance.Functions.Orchestration;

/// <summary>The retry policies of activities. Every activity is safe to repeat, so all faults but those marked otherwise are tried again.</summary>
internal static class Retries
{
    /// <summary>For activities that read and append: from one second to five minutes apart, for about half a day; then the instance fails and the stuck-sweep begins the next generation.</summary>
    internal static readonly TaskOptions Steady = TaskOptions.FromRetryPolicy(
        new RetryPolicy(maxNumberOfAttempts: 150, firstRetryInterval: TimeSpan.FromSeconds(1), backoffCoefficient: 2, maxRetryInterval: TimeSpan.FromMinutes(5)));
}
