using System.Text.Json;
using Governance.Core;
using Governance.Core.Audit;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Evidence;
using Governance.Storage.Vault;

namespace Governance.Local.Audit;

/// <summary>What checking a bundle found.</summary>
/// <param name="Flaws">What was altered, left out or added, most telling first.</param>
/// <param name="Held">What was recomputed and holds.</param>
/// <param name="Notes">What the bundle cannot prove.</param>
/// <param name="Unanswered">What was asked and cannot be answered; null where everything could.</param>
internal sealed record BundleReport(IReadOnlyList<BundleFlaw> Flaws, IReadOnlyList<string> Held, IReadOnlyList<string> Notes, string? Unanswered = null);

/// <summary>
/// Checks an audit bundle with nothing but its own bytes, and an anchor from elsewhere where one is given. The parts prove each other: events their chain and the state, events the packs,
/// packs their files, the anchor the events, and all of them the page.
/// </summary>
internal sealed class BundleVerifier
{
    private readonly BundleZip _zip;
    private readonly List<BundleFlaw> _flaws;
    private readonly List<string> _held = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    private BundleVerifier(BundleZip zip) => (_zip, _flaws) = (zip, [.. zip.Flaws]);

    /// <summary>Checks a bundle.</summary>
    /// <param name="bundle">The zip; can be sought.</param>
    /// <param name="outside">The bytes of an anchor that the bundle's maker had no hand in; null for none.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="InvalidDataException">No zip, or the anchor is none.</exception>
    public static async Task<BundleReport> Verify(Stream bundle, byte[]? outside, CancellationToken cancellation)
    {
        var anchor = outside is null ? ((Anchor, Digest)?)null : (ReadOutside(outside), Digest.Of(outside));
        return new BundleVerifier(await BundleZip.Read(bundle, cancellation)).Verify(anchor);
    }

    private BundleReport Verify((Anchor Anchor, Digest Sha256)? outside)
    {
        if (Part(BundleNames.Manifest, bytes => BundleManifest.Read(bytes)) is not { } manifest)
        {
            return new(_flaws, _held, []);
        }

        var events = Part(BundleNames.Events, bytes => BundleEvents.Read(bytes)) ?? [];
        var (chain, broken) = BundleCheck.Events(manifest, events);
        _flaws.AddRange(broken);
        Hold(broken.Count == 0, $"{chain.Checked} events: hash chain up to {chain.HeadHash}");
        var sound = events.Take((int)chain.Checked).ToList();
        State(sound, broken.Count == 0);
        var packs = Packs(sound);
        var anchor = Anchored(manifest, chain);
        Page(manifest, sound, packs, anchor?.Anchor);
        Files(manifest);

        var (notes, unanswered) = (Notes(manifest, anchor?.Anchor, outside is not null), (string?)null);
        if (outside is { } other)
        {
            var (flaws, says) = BundleCheck.Outside(manifest.CorrelationId, chain, anchor, other);
            _flaws.AddRange(flaws);
            Hold(says && flaws.Count == 0, $"anchor {other.Anchor.Number} from outside agrees");
            unanswered = says ? null : $"Anchor {other.Anchor.Number} from outside neither names this deployment nor follows the bundle's own anchor: it proves nothing here. Take the one that the deployment's next event went into.";
        }

        return new([.. _flaws.Distinct()], _held, notes, unanswered);
    }

    private void State(IReadOnlyList<EventEnvelope> events, bool whole)
    {
        _known.Add(BundleNames.State);
        if (_zip.Bytes(BundleNames.State) is not { } state)
        {
            _flaws.Add(new(BundleNames.State, "It is left out."));
        }
        else if (whole && BundleCheck.State(events, state) is { } flaw)
        {
            _flaws.Add(flaw);
        }
        else
        {
            Hold(whole, "the state is the one that the events lead to");
        }
    }

    private List<(EvidenceFacts Facts, IReadOnlyList<PackFile> Files)> Packs(IReadOnlyList<EventEnvelope> events)
    {
        var read = new List<(EvidenceFacts, IReadOnlyList<PackFile>)>();
        foreach (var link in Linked(events))
        {
            var name = BundleNames.Pack(link.PackId.Value);
            if (Part(name, bytes => EvidencePack.Read(bytes)) is not { } pack)
            {
                continue;
            }

            read.Add((pack.Facts, pack.Files));
            if (PackDigest.Of(pack.Facts.AppName, pack.Facts.Version, pack.Files) != link.PackDigest)
            {
                _flaws.Add(new(name, "It lists other files than the pack that the log names."));
            }
            else if (link.StoredSha256 is { } stored && stored != _zip.Measure(name)!.Digest)
            {
                _flaws.Add(new(name, "It says other things than it did when the log was written."));
            }
            else
            {
                var missing = pack.Files.Where(file => file.Kind != "artifact").Select(FlawOf).OfType<BundleFlaw>().ToList();
                _flaws.AddRange(missing);
                Hold(missing.Count == 0, $"evidence pack {link.PackId}: {pack.Files.Count} files by their digests");
            }

            _known.UnionWith(pack.Files.Select(file => BundleNames.File(file.Sha256)));
        }

        return read;
    }

    private IReadOnlyList<EvidenceLink> Linked(IReadOnlyList<EventEnvelope> events)
    {
        try
        {
            return BundleCheck.Packs(events);
        }
        catch (JsonException unreadable)
        {
            _flaws.Add(new(BundleNames.Events, $"An event is not one of a deployment: {unreadable.Message}"));
            return [];
        }
    }

    private BundleFlaw? FlawOf(PackFile file)
    {
        var name = BundleNames.File(file.Sha256);
        return _zip.Measure(name) switch
        {
            null => new(name, $"It is left out: the pack's {file.Kind} file of {file.SizeBytes} bytes."),
            var found when found.Digest != file.Sha256 || found.Length != file.SizeBytes => new(name, $"It holds other bytes than the pack's {file.Kind} file."),
            _ => null,
        };
    }

    private (Anchor Anchor, Digest Sha256)? Anchored(BundleManifest manifest, ChainWalk chain)
    {
        var bytes = _zip.Bytes(BundleNames.Anchor);
        var anchor = bytes is null ? null : Part(BundleNames.Anchor, read => Anchor.Read(read));
        var proof = _zip.Bytes(BundleNames.Proof) is null ? null : Part(BundleNames.Proof, read => InclusionProof.Read(read));
        var found = anchor is null ? ((Anchor, Digest)?)null : (anchor, Digest.Of(bytes));
        var flaws = (bytes is not null && anchor is null) ? [] : BundleCheck.Anchor(manifest, chain, found, proof).ToList();
        _flaws.AddRange(flaws);
        Hold(proof is not null && flaws.Count == 0, $"event {proof?.Leaf.Sequence} stands in anchor {proof?.AnchorNumber}");
        return found;
    }

    private void Page(BundleManifest manifest, IReadOnlyList<EventEnvelope> events, IReadOnlyList<(EvidenceFacts Facts, IReadOnlyList<PackFile> Files)> packs, Anchor? anchor)
    {
        _known.Add(BundleNames.Page);
        if (_zip.Bytes(BundleNames.Page) is not { } page)
        {
            _flaws.Add(new(BundleNames.Page, "It is left out."));
            return;
        }

        DeploymentState? state;
        try
        {
            state = BundleCheck.Fold(events);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            state = null;
        }

        // Where other parts are flawed the page cannot be recomputed from them; its digest in the manifest still speaks.
        if (AuditPage.Write(new(manifest with { Files = [] }, state, events, packs, anchor)).AsSpan().SequenceEqual(page))
        {
            Hold(true, "the page shows what the other files say");
        }
        else if (_flaws.Count == 0)
        {
            _flaws.Add(new($"{BundleNames.Page} or {BundleNames.Manifest}", "The page is not the one that the other files give: it was edited, or who made the bundle and when was."));
        }
    }

    // What no part proves by itself is compared with the manifest; what a part has named already is not said twice.
    private void Files(BundleManifest manifest)
    {
        foreach (var file in manifest.Files)
        {
            var flawed = _flaws.Any(flaw => flaw.Where.Contains(file.Name, StringComparison.Ordinal));
            if (_zip.Measure(file.Name) is not { } found)
            {
                _flaws.AddRange(flawed ? [] : [new(file.Name, "It is left out.")]);
            }
            else if (!flawed && (found.Digest != file.Sha256 || found.Length != file.SizeBytes))
            {
                _flaws.Add(new($"{file.Name} or {BundleNames.Manifest}", "The file's bytes are not those that the manifest names."));
            }
        }

        var listed = manifest.Files.Select(file => file.Name).Append(BundleNames.Manifest).ToHashSet(StringComparer.Ordinal);
        _flaws.AddRange(_zip.Names.Where(name => !listed.Contains(name)).Select(name => new BundleFlaw(name, "It was added: the manifest does not name it.")));
        _flaws.AddRange(_zip.Names.Where(name => listed.Contains(name) && !_known.Contains(name)).Select(name => new BundleFlaw(name, "It was added: no event and no pack names it.")));
    }

    private static List<string> Notes(BundleManifest manifest, Anchor? anchor, bool outside)
    {
        var notes = new List<string>();
        if (manifest.NotAnchored.Count > 0)
        {
            notes.Add($"No anchor covers event{(manifest.NotAnchored.Count == 1 ? string.Empty : "s")} {string.Join(", ", manifest.NotAnchored)} yet.");
        }

        if (!outside)
        {
            notes.Add(anchor is null
                ? "A bundle alone cannot prove what its maker left out; it has no anchor to compare with one from elsewhere."
                : $"A bundle alone cannot prove what its maker left out: compare anchor {anchor.Number} with a copy from elsewhere, or a later one, by --anchor.");
        }

        return notes;
    }

    private T? Part<T>(string name, Func<byte[], T> read)
        where T : class
    {
        _known.Add(name);
        if (_zip.Bytes(name) is not { } bytes)
        {
            _flaws.Add(new(name, "It is left out."));
            return null;
        }

        try
        {
            return read(bytes);
        }
        catch (JsonException unreadable)
        {
            _flaws.Add(new(name, $"It cannot be read: {unreadable.Message}"));
            return null;
        }
    }

    private void Hold(bool holds, string what)
    {
        if (holds)
        {
            _held.Add(what);
        }
    }

    private static Anchor ReadOutside(byte[] bytes)
    {
        try
        {
            return Anchor.Read(bytes);
        }
        catch (JsonException unreadable)
        {
            throw new InvalidDataException($"The anchor from outside cannot be read: {unreadable.Message}", unreadable);
        }
    }
}
