using System.Text.RegularExpressions;
using Governance.Core;

namespace Governance.Intune.Publishing;

/// <summary>
/// What we write into an app's notes at its creation, so that it is found again when the answer to its creation is lost:
/// <c>[gov|cid=…|ver=…|ih=…|mh=…]</c>. Graph has neither idempotency keys nor an external id. People can edit notes, so the claim's ids come first.
/// </summary>
/// <param name="CorrelationId">Whose app it is.</param>
/// <param name="Version">The app's version.</param>
/// <param name="Artifact">Digest of the package.</param>
/// <param name="Metadata">The first 16 hexadecimal digits of a digest over what else the request says about the app.</param>
internal sealed partial record NotesMarker(CorrelationId CorrelationId, string Version, Digest Artifact, string Metadata)
{
    /// <summary>The length of notes has no documented limit; markers stay far below 500 characters.</summary>
    private const int VersionCharacters = 100;

    /// <returns>Null where there is no marker, or a damaged one.</returns>
    public static NotesMarker? Find(string? notes)
    {
        var match = Pattern().Match(notes ?? string.Empty);
        return match.Success
            && CorrelationId.TryParse(match.Groups["cid"].Value, null, out var id)
            && Digest.TryParse(match.Groups["ih"].Value, null, out var artifact)
            ? new(id, Uri.UnescapeDataString(match.Groups["ver"].Value), artifact, match.Groups["mh"].Value)
            : null;
    }

    /// <summary>The part that a filter can look for.</summary>
    public static string Needle(CorrelationId id) => $"cid={id}";

    /// <summary>The notes of a new app.</summary>
    public override string ToString() => $"Managed by Governance; the line in brackets is how it finds this app. {Bracket}";

    /// <summary>The same notes with this marker: an old one is replaced, other people's words stay.</summary>
    public string PutInto(string? notes) =>
        string.IsNullOrWhiteSpace(notes) ? ToString()
        : Pattern().IsMatch(notes) ? Pattern().Replace(notes, Bracket.Replace("$", "$$", StringComparison.Ordinal), 1)
        : $"{notes} {Bracket}";

    private string Bracket
    {
        get
        {
            var version = Version.Length <= VersionCharacters ? Version : Version[..VersionCharacters];
            return $"[gov|{Needle(CorrelationId)}|ver={Uri.EscapeDataString(version)}|ih={Artifact}|mh={Metadata}]";
        }
    }

    [GeneratedRegex(@"\[gov\|cid=(?<cid>[0-9a-fA-F-]{36})\|ver=(?<ver>[^|\]]{0,900})\|ih=(?<ih>[0-9a-f]{64})\|mh=(?<mh>[0-9a-f]{16})\]", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
