using Governance.Core;

namespace Governance.Teams.SignIn;

/// <summary>Messages of outgoing webhooks that were seen lately. What is answered changes nothing, so this process' own memory is enough: a replay elsewhere within five minutes reads the status once more.</summary>
internal sealed class WebhookReplays(TimeProvider clock)
{
    /// <summary>How far a message's own time may be off.</summary>
    internal static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Kept = TimeSpan.FromHours(24);
    private const int Most = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Seen> _seen = new(StringComparer.Ordinal);
    private readonly Queue<(string Key, DateTimeOffset At)> _order = new();

    /// <summary>Judges a message whose signature holds.</summary>
    internal Replay Judge(string hook, string conversationId, string id, DateTimeOffset? timestamp, Digest body)
    {
        var now = clock.GetUtcNow();
        if (timestamp is not { } sent || (now - sent).Duration() > Window)
        {
            return Replay.OutOfTime;
        }

        lock (_gate)
        {
            while (_order.TryPeek(out var oldest) && (now - oldest.At > Kept || _order.Count > Most))
            {
                _seen.Remove(_order.Dequeue().Key);
            }

            var key = $"{hook}\n{conversationId}\n{id}";
            if (_seen.TryGetValue(key, out var known))
            {
                return known.Body == body ? Replay.Again : Replay.Altered;
            }

            _seen.Add(key, new(body));
            _order.Enqueue((key, now));
            return Replay.First;
        }
    }

    private sealed record Seen(Digest Body);
}

/// <summary>Whether a message was seen before.</summary>
internal enum Replay
{
    /// <summary>Never.</summary>
    First,

    /// <summary>Yes, the very same.</summary>
    Again,

    /// <summary>Its id was, with other words.</summary>
    Altered,

    /// <summary>Its own time is missing or too far off.</summary>
    OutOfTime,
}
