using System.Collections.Concurrent;
using Governance.Core.Deployments;

namespace Governance.LoadTests.Faults;

/// <summary>Reads the list of deployments again and again for everybody, so that two hundred clients need not ask one by one.</summary>
internal sealed class DeploymentBoard(PatientApi api, CancellationToken end)
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);
    private readonly ConcurrentDictionary<Guid, string> _statuses = new();

    /// <summary>How many deployments stand where.</summary>
    internal string Said => string.Join(", ", _statuses.Values.GroupBy(status => status).OrderBy(group => group.Key).Select(group => $"{group.Count()} {group.Key}"));

    /// <summary>Reads until the end.</summary>
    internal async Task Keep()
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                await Read();
                await Task.Delay(Every, end);
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Waits until a deployment is listed in one of these statuses.</summary>
    internal async Task<string> Until(Guid id, params string[] statuses)
    {
        while (true)
        {
            if (_statuses.TryGetValue(id, out var status))
            {
                if (statuses.Contains(status))
                {
                    return status;
                }

                if (DeploymentStatuses.TryParse(status, out var read) && read is DeploymentStatus.Failed or DeploymentStatus.Blocked or DeploymentStatus.Expired)
                {
                    throw new EndedOtherwiseException(read, $"It is {status} and will never be {string.Join(" or ", statuses)}.");
                }
            }

            await Task.Delay(Every / 5, end);
        }
    }

    private async Task Read()
    {
        var token = (string?)null;
        do
        {
            var page = await api.Get(Player.Publisher, $"/api/v1/deployments?limit=200{(token is null ? string.Empty : $"&continuation_token={Uri.EscapeDataString(token)}")}");
            foreach (var each in page["deployments"]!.AsArray())
            {
                _statuses[each!["correlation_id"]!.GetValue<Guid>()] = each["status"]!.GetValue<string>();
            }

            token = page["continuation_token"]?.GetValue<string>();
        }
        while (token is not null);
    }
}

/// <summary>A deployment has come to another end than the one that is waited for.</summary>
internal sealed class EndedOtherwiseException(DeploymentStatus end, string message) : Exception(message)
{
    internal DeploymentStatus End => end;
}
