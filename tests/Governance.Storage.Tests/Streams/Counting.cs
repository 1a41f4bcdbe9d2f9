using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Governance.Core;
using Governance.Core.Events;

namespace Governance.Storage.Tests.Streams;

/// <summary>The smallest domain that has everything: a sum that steps add to, up to a limit, with a payload of any size.</summary>
internal sealed record Tally(long Sum, long Events, DateTimeOffset At, string Ballast);

internal sealed record Step(long By, string Ballast = "");

internal sealed record TooMuch(long Sum) : Refusal("TOO_MUCH", $"The sum is {Sum}.", 409);

internal sealed class CountingCodec(bool withOutbox = true) : IStreamCodec<Tally, Step>
{
    public string TypeOf(Step happened) => "STEPPED";

    public byte[] WriteEvent(Step happened) => JsonSerializer.SerializeToUtf8Bytes(new { ballast = happened.Ballast, by = happened.By });

    public Step ReadEvent(string eventType, ReadOnlySpan<byte> data)
    {
        var json = JsonElement.Parse(data);
        return new(json.GetProperty("by").GetInt64(), json.GetProperty("ballast").GetString()!);
    }

    public byte[] WriteState(Tally state) => JsonSerializer.SerializeToUtf8Bytes(state);

    public Tally ReadState(ReadOnlySpan<byte> state) => JsonSerializer.Deserialize<Tally>(state)!;

    public Tally Evolve(Tally? state, Recorded<Step> happened) =>
        new((state?.Sum ?? 0) + happened.Event.By, (state?.Events ?? 0) + 1, happened.At, (state?.Ballast ?? "") + happened.Event.Ballast);

    public IReadOnlyList<OutboxMessage> Consequences(CorrelationId id, Tally? before, Tally after, IReadOnlyList<Recorded<Step>> happened) => withOutbox
        ?
        [
            .. happened.Select(each => new OutboxMessage("tell", Encoding.UTF8.GetBytes(each.Sequence.ToString(provider: null)))),
            new OutboxMessage("views", JsonSerializer.SerializeToUtf8Bytes(new { sum = after.Sum })),
        ]
        : [];

    public static Outcome<Step> Add(long by, long limit = long.MaxValue, long sum = 0) =>
        sum + by > limit ? new TooMuch(sum) : new Outcome<Step>.Accepted(ImmutableArray.Create(new Step(by)));
}
