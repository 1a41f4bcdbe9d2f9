using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Governance.LoadTests.Stack;
using Governance.Local.Intune;

namespace Governance.LoadTests.Faults;

/// <summary>One of the people whose calls a run makes.</summary>
/// <param name="Id">Their object id.</param>
/// <param name="Roles">What they may do.</param>
internal sealed record Player(Guid Id, params string[] Roles)
{
    internal static readonly Player Publisher = new(new("00000000-0000-4000-8000-0000000000a1"), "Publisher");
    internal static readonly Player FirstApprover = new(new("00000000-0000-4000-8000-0000000000b1"), "CabApprover");
    internal static readonly Player SecondApprover = new(new("00000000-0000-4000-8000-0000000000b2"), "CabApprover");
    internal static readonly Player Admin = new(new("00000000-0000-4000-8000-0000000000c1"), "PlatformAdmin");
}

/// <summary>A client as the API asks for one: what had no clear answer is asked again under the same ids, until it has.</summary>
/// <param name="api">Makes the calls.</param>
/// <param name="seed">Which posts it hangs up on follows from it, and from their order.</param>
/// <param name="end">Ends all of them.</param>
internal sealed class PatientApi(ApiCaller api, int seed, CancellationToken end)
{
    // One post of twenty: a pipeline that is cancelled, a proxy's time-out.
    private const double HangsUp = 0.05;
    private const int LongestMilliseconds = 40;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private readonly ConcurrentDictionary<Player, string> _tokens = new();
    private readonly SimulatorDice _dice = new(seed);
    private long _repeats;
    private long _hungUp;

    /// <summary>How often something was asked again.</summary>
    internal long Repeats => Interlocked.Read(ref _repeats);

    /// <summary>How often it hung up in the middle of a call.</summary>
    internal long HungUp => Interlocked.Read(ref _hungUp);

    /// <summary>Reads.</summary>
    /// <exception cref="RefusedCallException">Refused for good.</exception>
    internal Task<JsonNode> Get(Player player, string path) => Ask(player, token => api.Get(token, path));

    /// <summary>Posts what may safely come twice.</summary>
    /// <exception cref="RefusedCallException">Refused for good.</exception>
    internal Task<JsonNode> Post(Player player, string path, JsonObject body) => Ask(player, token => Hastily(token, path, body.ToJsonString()));

    private async Task<JsonNode> Hastily(string token, string path, string json)
    {
        using var patience = new CancellationTokenSource();
        if (_dice.Chance() < HangsUp)
        {
            patience.CancelAfter(TimeSpan.FromMilliseconds(_dice.Chance() * LongestMilliseconds));
        }

        try
        {
            return await api.Post(token, path, json, patience.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            Interlocked.Increment(ref _hungUp);
            throw;
        }
    }

    /// <summary>Repeats anything that the far end has not answered clearly.</summary>
    internal async Task<T> Ask<T>(Player player, Func<string, Task<T>> call)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            end.ThrowIfCancellationRequested();
            try
            {
                if (!_tokens.TryGetValue(player, out var token))
                {
                    _tokens[player] = token = await api.Token(player.Id, player.Roles).WaitAsync(end);
                }

                return await call(token).WaitAsync(end);
            }
            catch (RefusedCallException refused) when (refused.Status == 401)
            {
                // Signed in at a process that is gone.
                _tokens.TryRemove(player, out _);
            }
            catch (RefusedCallException refused) when (refused.Status is >= 500 or 408 or 429)
            {
                // Not now.
            }
            catch (Exception unclear) when (unclear is HttpRequestException or IOException || (unclear is OperationCanceledException && !end.IsCancellationRequested))
            {
                // It may have happened or not.
            }

            Interlocked.Increment(ref _repeats);
            await Task.Delay(pause, end);
        }
    }
}
