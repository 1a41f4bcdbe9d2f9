using System.Collections.Frozen;
using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Sboms.CycloneDx;

/// <summary>
/// The names and words of the CycloneDX JSON schemas 1.4 to 1.7, each with the minor version that brought it. Only the objects that are read have their names here.
/// </summary>
internal static class CycloneDxWords
{
    public const int Oldest = 4;
    public const int Newest = 7;

    public static FrozenDictionary<string, int> Document { get; } = Since(
        (4, "$schema bomFormat specVersion serialNumber version metadata components services externalReferences dependencies compositions vulnerabilities signature properties"),
        (5, "annotations formulation"),
        (6, "declarations definitions"),
        (7, "citations"));

    public static FrozenDictionary<string, int> Metadata { get; } = Since(
        (4, "timestamp tools authors component manufacture supplier licenses properties"),
        (5, "lifecycles"),
        (6, "manufacturer"),
        (7, "distributionConstraints"));

    public static FrozenDictionary<string, int> Component { get; } = Since(
        (4, "type mime-type bom-ref supplier author publisher group name version description scope hashes licenses copyright cpe purl swid pedigree externalReferences components evidence releaseNotes properties signature"),
        (4, "modified"),
        (5, "modelCard data"),
        (6, "authors tags omniborId swhid manufacturer cryptoProperties"),
        (7, "versionRange isExternal patentAssertions"));

    public static FrozenDictionary<string, int> Dependency { get; } = Since((4, "ref dependsOn"), (6, "provides"));

    public static FrozenDictionary<string, int> Vulnerability { get; } = Since(
        (4, "bom-ref id source references ratings cwes description detail recommendation advisories created published updated credits tools analysis affects properties"),
        (5, "rejected workaround proofOfConcept"));

    public static FrozenDictionary<string, int> ComponentTypes { get; } = Since(
        (4, "application framework library container operating-system device firmware file"),
        (5, "platform device-driver machine-learning-model data"),
        (6, "cryptographic-asset"));

    public static FrozenDictionary<string, int> Scopes { get; } = Since((4, "required optional excluded"));

    public static FrozenDictionary<string, int> HashAlgorithms { get; } = Since(
        (4, "MD5 SHA-1 SHA-256 SHA-384 SHA-512 SHA3-256 SHA3-384 SHA3-512 BLAKE2b-256 BLAKE2b-384 BLAKE2b-512 BLAKE3"),
        (7, "Streebog-256 Streebog-512"));

    public static FrozenDictionary<string, int> Severities { get; } = Since((4, "critical high medium low info none unknown"));

    public static FrozenDictionary<string, int> Methods { get; } = Since((4, "CVSSv2 CVSSv3 CVSSv31 OWASP other"), (5, "CVSSv4 SSVC"));

    public static FrozenDictionary<string, int> States { get; } = Since((4, "resolved resolved_with_pedigree exploitable in_triage false_positive not_affected"));

    public static FrozenDictionary<string, int> Justifications { get; } = Since(
        (4, "code_not_present code_not_reachable requires_configuration requires_dependency requires_environment protected_by_compiler protected_at_runtime protected_at_perimeter protected_by_mitigating_control"));

    public static FrozenDictionary<string, int> Responses { get; } = Since((4, "can_not_fix will_not_fix update rollback workaround_available"));

    public static FrozenDictionary<string, int> Statuses { get; } = Since((4, "affected unaffected unknown"));

    /// <summary>Reads a word of an enumeration; one that this version does not have is an error.</summary>
    public static string? Word(ref JsonCursor json, FrozenDictionary<string, int> words, int minor)
    {
        if (json.Text() is not { } word)
        {
            return null;
        }

        if (words.TryGetValue(word, out var since) && since <= minor)
        {
            return word;
        }

        json.Error($"{Shown.Quoted(word)} is none of CycloneDX 1.{minor}'s words here");
        return null;
    }

    /// <summary>Warns of a property that this version's schema does not have: producers are often ahead of the version they state.</summary>
    public static void WarnIfUnknown(ref JsonCursor json, FrozenDictionary<string, int> names, int minor)
    {
        if (!names.TryGetValue(json.Name, out var since) || since > minor)
        {
            json.Warn($"is no property of CycloneDX 1.{minor}");
        }
    }

    private static FrozenDictionary<string, int> Since(params ReadOnlySpan<(int Minor, string Names)> groups)
    {
        var since = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (minor, names) in groups)
        {
            foreach (var name in names.Split(' '))
            {
                since.Add(name, minor);
            }
        }

        return since.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
