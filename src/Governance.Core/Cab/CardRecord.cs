using System.Text.Json.Serialization;

namespace Governance.Core.Cab;

/// <summary>What is known of the one card of one revision: it is written before anything is sent, so that no revision ever gets a second one.</summary>
public sealed record CardRecord
{
    /// <summary>How far it came.</summary>
    public required CardState State { get; init; }

    /// <summary>Which attempt to send it; a new one only after one that certainly sent nothing.</summary>
    public required Guid Attempt { get; init; }

    /// <summary>In every button of this card, unguessable; base64url.</summary>
    public required string Nonce { get; init; }

    /// <summary>The thread that the card began; null where the channel tells none.</summary>
    public string? ConversationId { get; init; }

    /// <summary>The card's message; null where the channel tells none, then it can neither be updated nor decide.</summary>
    public string? ActivityId { get; init; }

    /// <summary>SHA-256 of what the card shows now; null while it shows no more than that a decision is wanted.</summary>
    public Digest? Shown { get; init; }

    /// <summary>Whether the backup group was told that the deadline passed.</summary>
    public bool EscalationTold { get; init; }

    /// <summary>When this record last changed, UTC.</summary>
    public required DateTimeOffset At { get; init; }
}

/// <summary>How far a card came.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CardState>))]
public enum CardState
{
    /// <summary>Its sending has begun; whoever finds that later does not know whether it arrived.</summary>
    [JsonStringEnumMemberName("sending")]
    Sending,

    /// <summary>It is there.</summary>
    [JsonStringEnumMemberName("sent")]
    Sent,

    /// <summary>The channel's answer was lost: it may be there, is not sent again, and cannot decide.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown,

    /// <summary>The channel refused it or could not be reached; it is certainly not there and is tried again.</summary>
    [JsonStringEnumMemberName("late")]
    Late,
}

/// <summary>A message to people that no decision can be made on.</summary>
/// <param name="Title">One line.</param>
/// <param name="Lines">0 to 10 lines.</param>
/// <param name="Path">What its link opens, from the root of the app: <c>/review/{id}</c>.</param>
/// <param name="Audience">Who gets it.</param>
/// <param name="ConversationId">The thread it answers in; null begins a new one.</param>
public sealed record CabNotice(string Title, EquatableArray<string> Lines, string Path, NoticeAudience Audience, string? ConversationId = null);

/// <summary>Who gets a notice.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NoticeAudience>))]
public enum NoticeAudience
{
    /// <summary>The CAB.</summary>
    [JsonStringEnumMemberName("board")]
    Board,

    /// <summary>The group that is asked once a deadline has passed.</summary>
    [JsonStringEnumMemberName("backup")]
    Backup,
}

/// <summary>Everything that the channel still owes or left unclear. One small row.</summary>
/// <param name="Unknown">Cards of open requests that may or may not be there, oldest first.</param>
/// <param name="LateCards">Cards to send or bring up to date, oldest first.</param>
/// <param name="LateNotices">Notices to send, oldest first.</param>
public sealed record CardTroubles(EquatableArray<UnknownCard> Unknown, EquatableArray<LateCard> LateCards, EquatableArray<LateNotice> LateNotices)
{
    /// <summary>Nothing is owed.</summary>
    public static CardTroubles None { get; } = new([], [], []);
}

/// <summary>A card that may or may not be there.</summary>
public sealed record UnknownCard(CorrelationId CorrelationId, int Revision, DateTimeOffset Since);

/// <summary>A card to send or bring up to date.</summary>
/// <param name="CorrelationId">Of which deployment.</param>
/// <param name="Revision">Of which revision.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="NextAt">When it is tried again, UTC.</param>
public sealed record LateCard(CorrelationId CorrelationId, int Revision, int Attempts, DateTimeOffset NextAt);

/// <summary>A notice to send.</summary>
/// <param name="Notice">What.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="NextAt">When it is tried again, UTC.</param>
public sealed record LateNotice(CabNotice Notice, int Attempts, DateTimeOffset NextAt);

/// <summary>Keeps what is known of cards. Every change is read, made and written on an unchanged row, else read again.</summary>
public interface ICardRecords
{
    /// <summary>One point read.</summary>
    /// <returns>Null where no card was begun for this revision.</returns>
    Task<CardRecord?> Find(CorrelationId id, int revision, CancellationToken cancellation);

    /// <summary>One read and one write; no write where the change is null.</summary>
    /// <param name="id">Of which deployment.</param>
    /// <param name="revision">Of which revision.</param>
    /// <param name="change">Pure; gets null where there is no record, gives null to leave it.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The record as it stands now.</returns>
    Task<CardRecord?> Change(CorrelationId id, int revision, Func<CardRecord?, CardRecord?> change, CancellationToken cancellation);

    /// <summary>One point read, at most a second old.</summary>
    Task<CardTroubles> Troubles(CancellationToken cancellation);

    /// <summary>One read and one write; no write where nothing changes.</summary>
    Task ChangeTroubles(Func<CardTroubles, CardTroubles> change, CancellationToken cancellation);
}
