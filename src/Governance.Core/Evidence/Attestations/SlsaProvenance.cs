using System.Text.Json;
using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Attestations;

/// <summary>SLSA build provenance of version 0.2 or 1: who built, and how.</summary>
/// <param name="BuilderId">The trusted platform; worth something only where the signature is.</param>
/// <param name="BuildType">How to read the rest.</param>
internal sealed record SlsaProvenance(string? BuilderId, string? BuildType)
{
    /// <summary>Whether a predicate type is build provenance that can be read.</summary>
    public static bool IsKnown(string predicateType) =>
        predicateType is "https://slsa.dev/provenance/v0.2" or "https://slsa.dev/provenance/v1"
        || predicateType.StartsWith("https://slsa.dev/provenance/v1.", StringComparison.Ordinal);

    /// <summary>Reads the predicate; the two versions keep the same things in different places, which never collide.</summary>
    public static SlsaProvenance? Read(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        string? builder = null, buildType = null;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "builder":
                    builder = Id(ref json);
                    break;
                case "buildType":
                    buildType = json.OptionalIdentifier();
                    break;
                case "buildDefinition" when json.Kind == JsonTokenType.StartObject:
                    json.EnterObject();
                    while (json.NextProperty())
                    {
                        buildType = json.Name == "buildType" ? json.OptionalIdentifier() : buildType;
                    }

                    break;
                case "runDetails" when json.Kind == JsonTokenType.StartObject:
                    json.EnterObject();
                    while (json.NextProperty())
                    {
                        builder = json.Name == "builder" ? Id(ref json) : builder;
                    }

                    break;
            }
        }

        if (builder is null || buildType is null)
        {
            json.Warn("states no builder.id or no buildType, which SLSA demands");
        }
        else if (!Uri.TryCreate(builder, UriKind.Absolute, out _))
        {
            json.Warn($"the builder {Shown.Quoted(builder)} is no URI");
        }

        return new(builder, buildType);
    }

    private static string? Id(ref JsonCursor json)
    {
        string? id = null;
        if (json.EnterObject())
        {
            while (json.NextProperty())
            {
                id = json.Name == "id" ? json.OptionalIdentifier() : id;
            }
        }

        return id;
    }
}
