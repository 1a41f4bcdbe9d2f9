using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Attestations;

/// <summary>An in-toto statement: something is said about files that are known by their digests.</summary>
/// <param name="Subjects">SHA-256 digests of the files; their names are labels that nobody relies on.</param>
/// <param name="PredicateType">What kind of thing is said.</param>
/// <param name="Predicate">What is said: the value's bytes.</param>
/// <param name="PredicatePath">Where it stands, for messages.</param>
internal sealed record InTotoStatement(ImmutableArray<Digest> Subjects, string PredicateType, ReadOnlySequence<byte> Predicate, string PredicatePath)
{
    // A digest of nothing is a build that forgot its file.
    private static readonly Digest OfNothing = Digest.Of([]);

    /// <summary>Reads a statement of version 0.1 or 1.</summary>
    public static InTotoStatement? Read(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        var before = json.ErrorCount;
        string? type = null, predicateType = null;
        ImmutableArray<Digest>? subjects = null;
        ReadOnlySequence<byte> predicate = default;
        string? predicatePath = null;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "_type":
                    type = json.Identifier();
                    break;
                case "predicateType":
                    predicateType = json.Identifier();
                    break;
                case "subject" when json.EnterArray():
                    subjects = ReadSubjects(ref json);
                    break;
                case "predicate" when json.Kind == JsonTokenType.StartObject:
                    predicatePath = json.Path;
                    predicate = json.TakeRaw();
                    break;
            }
        }

        if (type is not ("https://in-toto.io/Statement/v1" or "https://in-toto.io/Statement/v0.1"))
        {
            json.Error("needs _type https://in-toto.io/Statement/v1 or v0.1");
        }
        else if ((predicateType is null || subjects is null || predicatePath is null) && json.ErrorCount == before)
        {
            json.Error("needs subject, predicateType and predicate");
        }

        return json.ErrorCount == before ? new(subjects!.Value, predicateType!, predicate, predicatePath!) : null;
    }

    private static ImmutableArray<Digest> ReadSubjects(ref JsonCursor json)
    {
        var subjects = ImmutableArray.CreateBuilder<Digest>();
        var count = 0;
        while (json.NextItem())
        {
            if (++count > EvidenceLimits.Subjects)
            {
                JsonCursor.Refuse($"more than {EvidenceLimits.Subjects} subjects");
            }

            if (!json.EnterObject())
            {
                continue;
            }

            var digests = 0;
            while (json.NextProperty())
            {
                if (json.Name == "digest" && json.EnterObject())
                {
                    digests = DigestSet(ref json, subjects);
                }
            }

            if (digests == 0)
            {
                json.Error("a subject needs a digest");
            }
        }

        if (count == 0)
        {
            json.Error("needs a subject");
        }

        return subjects.ToImmutable();
    }

    private static int DigestSet(ref JsonCursor json, ImmutableArray<Digest>.Builder subjects)
    {
        var digests = 0;
        while (json.NextProperty())
        {
            if (++digests > EvidenceLimits.Digests)
            {
                JsonCursor.Refuse($"more than {EvidenceLimits.Digests} digests of a subject");
            }

            if (json.Text(EvidenceLimits.NameBytes) is not { } value || !HashText.IsSha256(json.Name))
            {
                continue;
            }

            // Git commits stand under sha256 in real files; they match nothing, which is what they prove.
            if (!Digest.TryParse(value, null, out var digest))
            {
                json.Warn("is no SHA-256 of 64 hexadecimal digits");
            }
            else
            {
                subjects.Add(digest);
                if (digest == OfNothing)
                {
                    json.Warn("is the digest of an empty file");
                }
            }
        }

        return digests;
    }
}
