using System.Collections.Frozen;
using System.Collections.Immutable;
using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Sboms.Spdx;

/// <content>Packages and files.</content>
internal sealed partial class Spdx2Reader
{
    private const string PurlType = "purl";

    private static readonly FrozenSet<string> Hashes22 = FrozenSet.ToFrozenSet(["SHA1", "SHA224", "SHA256", "SHA384", "SHA512", "MD2", "MD4", "MD5", "MD6"], StringComparer.Ordinal);

    private static readonly FrozenSet<string> Hashes23 = FrozenSet.ToFrozenSet(
        [.. Hashes22, "SHA3-256", "SHA3-384", "SHA3-512", "BLAKE2b-256", "BLAKE2b-384", "BLAKE2b-512", "BLAKE3", "ADLER32"], StringComparer.Ordinal);

    private static readonly FrozenSet<string> Purposes = FrozenSet.ToFrozenSet(
        ["APPLICATION", "FRAMEWORK", "LIBRARY", "CONTAINER", "OPERATING-SYSTEM", "OPERATING_SYSTEM", "DEVICE", "FIRMWARE", "SOURCE", "ARCHIVE", "FILE", "INSTALL", "OTHER"],
        StringComparer.Ordinal);

    private void Packages(ref JsonCursor json)
    {
        if (!json.EnterArray())
        {
            return;
        }

        while (json.NextItem())
        {
            var index = _components.Reserve();
            if (index >= EvidenceLimits.Components)
            {
                JsonCursor.Refuse($"more than {EvidenceLimits.Components} packages");
            }

            Package(ref json, index);
        }
    }

    private void Package(ref JsonCursor json, int index)
    {
        if (!json.EnterObject())
        {
            return;
        }

        bool hasId = false, hasName = false, hasLocation = false, hasCopyright = false, strong = false;
        string? name = null, version = null, purl = null, declared = null, concluded = null;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "SPDXID":
                    hasId = Id(ref json, index);
                    break;
                case "name":
                    hasName = true;
                    name = json.Identifier();
                    break;
                case "versionInfo":
                    version = json.OptionalIdentifier();
                    break;
                case "downloadLocation":
                    hasLocation = true;
                    break;
                case "copyrightText":
                    hasCopyright = true;
                    break;
                case "licenseDeclared":
                    declared = License(ref json);
                    break;
                case "licenseConcluded":
                    concluded = License(ref json);
                    break;
                case "externalRefs" when json.EnterArray():
                    while (json.NextItem())
                    {
                        purl = ExternalReference(ref json) ?? purl;
                    }

                    break;
                case "checksums":
                    var sha256 = Checksums(ref json, ref strong);
                    if (!sha256.IsEmpty)
                    {
                        _graph.SetDigests(index, sha256);
                    }

                    break;
                case "primaryPackagePurpose":
                    Purpose(ref json);
                    break;
            }
        }

        if (!hasId || !hasName)
        {
            json.Error("needs SPDXID and name");
        }
        else if (!hasLocation || (_is22 && !(hasCopyright && declared is not null && concluded is not null)))
        {
            json.Warn(_is22 ? "needs downloadLocation, copyrightText, licenseConcluded and licenseDeclared in SPDX 2.2" : "needs downloadLocation");
        }

        if (name is not null)
        {
            _components.Set(index, new(name, version, purl, Stated(concluded, declared)), strong);
        }
    }

    private static ImmutableArray<string> Stated(string? concluded, string? declared) => (LicenseText.IsStated(concluded), LicenseText.IsStated(declared)) switch
    {
        (true, true) when concluded != declared => [concluded!, declared!],
        (true, _) => [concluded!],
        (_, true) => [declared!],
        _ => [],
    };

    private static string? License(ref JsonCursor json) => json.Text() is { } text ? LicenseText.Kept(text) : null;

    private void Purpose(ref JsonCursor json)
    {
        if (_is22)
        {
            json.Warn("is no property of SPDX 2.2");
        }

        if (json.Text(EvidenceLimits.NameBytes) is { } purpose && !Purposes.Contains(purpose))
        {
            json.Warn($"{Shown.Quoted(purpose)} is no purpose");
        }
    }

    /// <summary>An external reference; the package URL, where it is one.</summary>
    private string? ExternalReference(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        string? category = null, type = null, locator = null;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "referenceCategory":
                    category = json.Identifier();
                    break;
                case "referenceType":
                    type = json.Identifier();
                    break;
                case "referenceLocator":
                    locator = json.OptionalIdentifier(EvidenceLimits.StringBytes);
                    break;
            }
        }

        // The text and the schemas disagree on the spelling, and real documents mix both.
        if (_is22 && category is "PACKAGE-MANAGER" or "PERSISTENT-ID")
        {
            json.Warn("the schema of SPDX 2.2 spells the category with an underscore");
        }

        if (type != PurlType || locator is null || category is not ("PACKAGE-MANAGER" or "PACKAGE_MANAGER"))
        {
            return null;
        }

        if (!PackageUrl.TryParse(locator, out _))
        {
            json.Warn($"{Shown.Quoted(locator)} is no package URL");
        }

        return locator;
    }

    private ImmutableArray<Digest> Checksums(ref JsonCursor json, ref bool strong)
    {
        if (!json.EnterArray())
        {
            return [];
        }

        ImmutableArray<Digest> sha256 = [];
        while (json.NextItem())
        {
            if (!json.EnterObject())
            {
                continue;
            }

            string? algorithm = null, value = null;
            while (json.NextProperty())
            {
                switch (json.Name)
                {
                    case "algorithm":
                        algorithm = json.Identifier();
                        break;
                    case "checksumValue":
                        value = json.Identifier();
                        break;
                }
            }

            if (algorithm is null || value is null)
            {
                json.Error("needs algorithm and checksumValue");
            }
            else if (!Hashes23.Contains(algorithm))
            {
                json.Error($"{Shown.Quoted(algorithm)} is no checksum algorithm of SPDX");
            }
            else if (!HashText.Fits(algorithm, value))
            {
                json.Error($"is no {algorithm} in hexadecimal");
            }
            else
            {
                strong |= HashText.IsStrong(algorithm);
                sha256 = HashText.IsSha256(algorithm) && Digest.TryParse(value, null, out var digest) ? sha256.Add(digest) : sha256;
                if (_is22 && !Hashes22.Contains(algorithm))
                {
                    json.Warn($"{algorithm} is no checksum algorithm of SPDX 2.2");
                }
            }
        }

        return sha256;
    }

    /// <summary>Files and snippets: their ids count, and their checksums have to be some.</summary>
    private void Elements(ref JsonCursor json, string? nameProperty, bool counted)
    {
        if (!json.EnterArray())
        {
            return;
        }

        while (json.NextItem())
        {
            _files += counted ? 1 : 0;
            if (_files > EvidenceLimits.SbomFiles)
            {
                JsonCursor.Refuse($"more than {EvidenceLimits.SbomFiles} files");
            }

            if (!json.EnterObject())
            {
                continue;
            }

            var hasId = false;
            var hasName = nameProperty is null;
            var ignored = false;
            while (json.NextProperty())
            {
                switch (json.Name)
                {
                    case "SPDXID":
                        hasId = Id(ref json, References.Other);
                        break;
                    case "checksums":
                        Checksums(ref json, ref ignored);
                        break;
                    case var property when property == nameProperty:
                        hasName = json.Text(EvidenceLimits.NameBytes) is { Length: > 0 };
                        break;
                }
            }

            if (!hasId || !hasName)
            {
                json.Error(nameProperty is null ? "needs SPDXID" : $"needs SPDXID and {nameProperty}");
            }
        }
    }
}
