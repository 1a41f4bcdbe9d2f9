using System.Text.Json.Nodes;
using Governance.Core.Cab;

namespace Governance.Teams.Connector;

/// <summary>A way to put cards before people.</summary>
public interface ICardChannel
{
    /// <summary>Whether a card that was sent can be changed, and so can decide.</summary>
    bool CanUpdate { get; }

    /// <summary>Posts a card. Tried once: a second try after a lost answer would make a second card.</summary>
    /// <param name="message">The card and its summary.</param>
    /// <param name="audience">Which channel.</param>
    /// <param name="conversationId">The thread to answer in; null begins a new one.</param>
    /// <param name="cancellation">Ends it; then the outcome is unclear.</param>
    Task<Delivery> Post(CardMessage message, NoticeAudience audience, string? conversationId, CancellationToken cancellation);

    /// <summary>Replaces a card for everybody. Safe to repeat.</summary>
    Task<Delivery> Update(CardMessage message, string conversationId, string activityId, CancellationToken cancellation);
}

/// <summary>A card with what notifications show of it.</summary>
public sealed record CardMessage(JsonObject Card, string Summary);

/// <summary>What came of sending.</summary>
public abstract record Delivery
{
    private Delivery()
    {
    }

    /// <summary>It is there.</summary>
    /// <param name="ConversationId">The thread; null where the channel tells none.</param>
    /// <param name="ActivityId">The message; null where the channel tells none.</param>
    public sealed record Done(string? ConversationId, string? ActivityId) : Delivery;

    /// <summary>It is certainly not there.</summary>
    /// <param name="Reason">For the log; no secret.</param>
    /// <param name="RetryAfter">What the other side asks for.</param>
    public sealed record NotSent(string Reason, TimeSpan? RetryAfter = null) : Delivery;

    /// <summary>It may be there or not.</summary>
    public sealed record Unclear(string Reason) : Delivery;
}
