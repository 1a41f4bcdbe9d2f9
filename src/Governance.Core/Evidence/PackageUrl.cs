using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Governance.Core.Evidence;

/// <summary>A package URL, <c>pkg:type/namespace/name@version?qualifiers#subpath</c>, read tolerantly and rebuilt canonically.</summary>
/// <remarks>Source: the purl specification and its type definitions. Real files write versions with a raw <c>+</c>, scopes with a raw <c>@</c> and empty qualifiers; all of those are taken.</remarks>
public sealed record PackageUrl
{
    private PackageUrl(string type, string? space, string name, string? version, IReadOnlyList<KeyValuePair<string, string>> qualifiers) =>
        (Type, Namespace, Name, Version, Qualifiers) = (type, space, name, version, qualifiers);

    /// <summary>Lower case, for example <c>npm</c>.</summary>
    public string Type { get; }

    /// <summary>Decoded and normalised for the type, segments parted by <c>/</c>; null where there is none.</summary>
    public string? Namespace { get; }

    /// <summary>Decoded and normalised for the type; never empty.</summary>
    public string Name { get; }

    /// <summary>Decoded; for rpm with the epoch in front; null where there is none.</summary>
    public string? Version { get; }

    /// <summary>Decoded, sorted by key, keys in lower case, without empty values.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Qualifiers { get; }

    /// <summary>Canonical type, namespace, name and version, without qualifiers and subpath: the same package carries different ones in each scanner.</summary>
    public string IdentityKey => Build(Version);

    /// <summary>As <see cref="IdentityKey"/>, but without the version.</summary>
    public string VersionlessKey => Build(null);

    /// <summary>Parses a package URL of at most 4,096 characters.</summary>
    /// <returns>False where no type and name can be made out.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out PackageUrl? purl)
    {
        purl = null;
        if (text is not { Length: > 4 and <= EvidenceLimits.NameBytes } || !text.StartsWith("pkg:", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var rest = text.AsSpan(4);
        var hash = rest.LastIndexOf('#');
        rest = hash < 0 ? rest : rest[..hash];
        var question = rest.LastIndexOf('?');
        var query = question < 0 ? default : rest[(question + 1)..];
        rest = (question < 0 ? rest : rest[..question]).Trim('/');

        var slash = rest.IndexOf('/');
        if (slash < 1 || !TryType(rest[..slash], out var type))
        {
            return false;
        }

        rest = rest[(slash + 1)..].TrimStart('/');

        // An @ at the start or right after a slash opens a scope; only a later one parts the version.
        var at = rest.LastIndexOf('@');
        var hasVersion = at > 0 && rest[at - 1] != '/';
        var version = hasVersion ? Decode(rest[(at + 1)..]) : null;
        var path = (hasVersion ? rest[..at] : rest).TrimEnd('/');
        var last = path.LastIndexOf('/');
        var name = Decode(last < 0 ? path : path[(last + 1)..]);
        if (name.Length == 0)
        {
            return false;
        }

        var space = last < 0 ? null : DecodeSegments(path[..last]);
        var qualifiers = ReadQualifiers(query);
        (space, name, version) = PurlTypeRules.Normalise(type, space, name, version is { Length: > 0 } ? version : null, qualifiers);
        purl = new(type, space, name, version, qualifiers);
        return true;
    }

    /// <summary>The same package in another version.</summary>
    internal PackageUrl WithVersion(string version) => new(Type, Namespace, Name, version, Qualifiers);

    private string Build(string? version)
    {
        var built = new StringBuilder("pkg:", 16 + Name.Length + (version?.Length ?? 0) + (Namespace?.Length ?? 0)).Append(Type).Append('/');
        if (Namespace is { } space)
        {
            foreach (var segment in space.Split('/'))
            {
                Encode(built, segment).Append('/');
            }
        }

        Encode(built, Name);
        return version is null ? built.ToString() : Encode(built.Append('@'), version).ToString();
    }

    private static bool TryType(ReadOnlySpan<char> text, out string type)
    {
        type = string.Empty;
        if (!char.IsAsciiLetter(text[0]))
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '+'))
            {
                return false;
            }
        }

        type = PurlTypeRules.TypeName(text);
        return true;
    }

    private static string? DecodeSegments(ReadOnlySpan<char> path)
    {
        if (path.IndexOf('/') < 0)
        {
            return path.IsEmpty ? null : Decode(path);
        }

        var segments = new List<string>();
        foreach (var range in path.Split('/'))
        {
            if (!path[range].IsEmpty)
            {
                segments.Add(Decode(path[range]));
            }
        }

        return segments.Count == 0 ? null : string.Join('/', segments);
    }

    private static IReadOnlyList<KeyValuePair<string, string>> ReadQualifiers(ReadOnlySpan<char> query)
    {
        if (query.IsEmpty)
        {
            return [];
        }

        var qualifiers = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var range in query.Split('&'))
        {
            var pair = query[range];
            var equals = pair.IndexOf('=');
            if (equals > 0 && equals < pair.Length - 1)
            {
                qualifiers.TryAdd(pair[..equals].ToString().ToLowerInvariant(), Decode(pair[(equals + 1)..]));
            }
        }

        return [.. qualifiers];
    }

    // A percent sign that starts no octet stands for itself; octets that are no UTF-8 become the replacement character.
    private static string Decode(ReadOnlySpan<char> text) => text.Contains('%') ? Uri.UnescapeDataString(text) : text.ToString();

    private static StringBuilder Encode(StringBuilder built, string text)
    {
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsAscii && (char.IsAsciiLetterOrDigit((char)rune.Value) || rune.Value is '.' or '-' or '_' or '~' or ':'))
            {
                built.Append((char)rune.Value);
                continue;
            }

            foreach (var octet in utf8[..rune.EncodeToUtf8(utf8)])
            {
                built.Append('%').Append(octet.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        return built;
    }
}
