using System.Collections.Immutable;
using System.Text.Json;
using Governance.Core;
using Governance.Core.Cab;
using Governance.Functions.Http;

namespace Governance.Functions.Cab;

/// <summary>Reads <c>conditions</c>: typed objects such as <c>{"kind": "max_ring", "ring": "PILOT"}</c>, and plain strings as notes.</summary>
internal static class ConditionInput
{
    private const int Most = 20;

    private static readonly ImmutableSortedDictionary<string, CabConditionKind> Kinds = new[]
    {
        KeyValuePair.Create("note", CabConditionKind.Note),
        KeyValuePair.Create("max_ring", CabConditionKind.MaxRing),
        KeyValuePair.Create("min_success_rate", CabConditionKind.MinSuccessRate),
        KeyValuePair.Create("observe_hours", CabConditionKind.ObserveHours),
        KeyValuePair.Create("not_before", CabConditionKind.NotBefore),
        KeyValuePair.Create("not_after", CabConditionKind.NotAfter),
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>Reads the list; empty where absent.</summary>
    internal static EquatableArray<CabCondition> Read(Fields body)
    {
        if (body.Any("conditions") is not { } list)
        {
            return [];
        }

        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > Most)
        {
            body.Wrong("conditions", $"an array of at most {Most} strings or objects is expected");
            return [];
        }

        return list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. body.TextList("conditions", Most, 2000).Select(Note)]
            : [.. body.ObjectList("conditions", Most).Select(Typed)];
    }

    private static CabCondition Note(string text) => new() { Kind = CabConditionKind.Note, Text = text };

    private static CabCondition Typed(Fields fields)
    {
        var kind = fields.Choice("kind", Kinds);
        return kind switch
        {
            CabConditionKind.MaxRing => new() { Kind = kind, Ring = fields.Ring("ring") },
            CabConditionKind.MinSuccessRate => new() { Kind = kind, BasisPoints = (int)fields.Integer("basis_points", 0, 10_000) },
            CabConditionKind.ObserveHours => new() { Kind = kind, Hours = (int)fields.Integer("hours", 1, 2160) },
            CabConditionKind.NotBefore or CabConditionKind.NotAfter => new() { Kind = kind, At = fields.Instant("at") },
            _ => Note(fields.Prose("text", 2000)),
        };
    }
}
