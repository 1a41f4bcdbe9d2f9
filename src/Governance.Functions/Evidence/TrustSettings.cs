using System.Collections.Immutable;
using Governance.Core.Evidence;
using Governance.Functions.Configuration;

namespace Governance.Functions.Evidence;

/// <summary>Whose word counts when evidence is read: settings <c>EvidenceTrust__Keys__0__Id</c>… and <c>EvidenceTrust__VexAuthors</c>. Without any, nobody's.</summary>
internal static class TrustSettings
{
    /// <summary>Reads section <c>EvidenceTrust</c>; what is wrong with a key is noted as wrong with its setting.</summary>
    internal static EvidenceTrust Read(SettingsReader settings)
    {
        var section = settings.Section("EvidenceTrust");
        var keys = ImmutableArray.CreateBuilder<ProvenanceKey>();
        foreach (var entry in section.List("Keys"))
        {
            // An environment variable holds no line ends easily; PEM may be written with \n in their place.
            var pem = entry.Required("PublicKey").Replace("\\n", "\n", StringComparison.Ordinal);
            var key = new ProvenanceKey(entry.Required("Id"), pem, Separated(entry.OptionalText("Builders")));
            if (pem.Length > 0 && key.Problem() is { } problem)
            {
                entry.Wrong("PublicKey", problem);
            }

            if (keys.Any(each => each.Id == key.Id && key.Id.Length > 0))
            {
                entry.Wrong("Id", $"is given to two keys: '{key.Id}'");
            }

            keys.Add(key);
        }

        return new() { Keys = keys.ToImmutable(), VexAuthors = Separated(section.OptionalText("VexAuthors")) };
    }

    private static ImmutableArray<string> Separated(string? text) =>
        [.. (text ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
}
