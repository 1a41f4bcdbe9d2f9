using System.IO.Compression;
using System.Text.Json;
using Governance.Core;
using Governance.Core.Audit;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Evidence;
using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Governance.Storage.Audit;
using Governance.Storage.Vault;

namespace Governance.Functions.Audit;

/// <summary>GET /deployments/{id}/audit-bundle: everything about a deployment in one zip, with its proof, as it lies in the store.</summary>
internal static class AuditBundle
{
    /// <returns>200 with the zip, streamed; 404 where there never was such a deployment. What is wrong with a log does not stop its bundle: the verifier says it.</returns>
    internal static async Task<IResult> Handle(ApiRequest request)
    {
        var id = request.Id<CorrelationId>();
        if (await request.Service<AuditTrails>().Of(id, request.Cancellation) is not { } trail)
        {
            return Problems.From(new DeploymentUnknown());
        }

        var (vault, log, aborted) = (request.Service<EvidenceVault>(), request.Service<AnchorLog>(), request.Http.RequestAborted);
        var manifest = new BundleManifest(
            BundleManifest.CurrentFormat, id, request.Now, request.Caller.Actor, trail.Verdict.Chain.Checked, trail.Verdict.Chain.HeadHash,
            trail.Anchor?.Proof?.Leaf.Sequence, BundleCheck.NotAnchored(trail.Anchor?.Proof?.Leaf.Sequence, trail.Verdict.Chain.Checked), []);
        request.Http.Response.Headers.ContentDisposition = $"attachment; filename=\"audit-{id}.zip\"";
        return Results.Stream(to => Write(to, manifest, trail, vault, log, aborted), "application/zip");
    }

    private static async Task Write(Stream to, BundleManifest manifest, AuditTrail trail, EvidenceVault vault, AnchorLog log, CancellationToken cancellation)
    {
        // Disposed at the end only: a bundle that was cut short must not look whole.
        var gathering = new GatheringStream(to);
        var zip = await ZipArchive.CreateAsync(gathering, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellation);
        var parts = new BundleParts(zip, manifest.MadeAt);
        await parts.Add(BundleNames.Events, BundleEvents.Write(trail.Events), cancellation);
        if (trail.Verdict.Head is { } head)
        {
            await parts.Add(BundleNames.State, head.State, cancellation);
        }

        var packs = await AddEvidence(parts, trail, vault, cancellation);
        var anchor = await AddAnchor(parts, trail.Anchor, log, cancellation);
        await parts.Add(BundleNames.Page, AuditPage.Write(new(manifest, Folded(trail.Events), trail.Events, packs, anchor)), cancellation);
        await parts.Add(BundleNames.Manifest, (manifest with { Files = [.. parts.Written] }).Write(), cancellation);
        await zip.DisposeAsync();
        await gathering.FlushAsync(cancellation);
    }

    private static async Task<IReadOnlyList<(EvidenceFacts Facts, IReadOnlyList<PackFile> Files)>> AddEvidence(
        BundleParts parts, AuditTrail trail, EvidenceVault vault, CancellationToken cancellation)
    {
        var packs = new List<(EvidenceFacts, IReadOnlyList<PackFile>)>();
        var added = new HashSet<Digest>();
        foreach (var link in trail.Packs)
        {
            if (await vault.ReadBytes(link.PackId, cancellation) is not { } json)
            {
                continue;
            }

            await parts.Add(BundleNames.Pack(link.PackId.Value), json, cancellation);
            if (Readable(json) is not { } pack)
            {
                continue;
            }

            packs.Add((pack.Facts, pack.Files));

            // The artifact's bytes, up to 2 GiB, stay where they are: its digest is in the pack.
            foreach (var file in pack.Files.Where(file => file.Kind != "artifact" && added.Add(file.Sha256)))
            {
                if (await vault.Open(file.Sha256, cancellation) is { } content)
                {
                    await using (content)
                    {
                        await parts.Add(BundleNames.File(file.Sha256), content, cancellation);
                    }
                }
            }
        }

        return packs;
    }

    private static async Task<Anchor?> AddAnchor(BundleParts parts, AnchorFinding? found, AnchorLog log, CancellationToken cancellation)
    {
        if (found is not { Anchor: { } anchor, Proof: { } proof } || await log.Bytes(anchor.Number, cancellation) is not { } bytes)
        {
            return null;
        }

        await parts.Add(BundleNames.Anchor, bytes, cancellation);
        await parts.Add(BundleNames.Proof, proof.Write(), cancellation);
        return anchor;
    }

    private static DeploymentState? Folded(IReadOnlyList<EventEnvelope> events)
    {
        try
        {
            return BundleCheck.Fold(events);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static EvidencePack? Readable(byte[] json)
    {
        try
        {
            return EvidencePack.Read(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Writes the files of a bundle one after the other and keeps account of them.</summary>
internal sealed class BundleParts(ZipArchive zip, DateTimeOffset at)
{
    /// <summary>What was written so far, in order.</summary>
    public List<BundleFile> Written { get; } = [];

    /// <summary>Writes a small file.</summary>
    public async Task Add(string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        using var content = new MemoryStream(bytes.ToArray(), writable: false);
        await Add(name, content, cancellation);
    }

    /// <summary>Writes a file of any size while its digest is computed.</summary>
    public async Task Add(string name, Stream content, CancellationToken cancellation)
    {
        var entry = zip.CreateEntry(name, CompressionLevel.Fastest);
        entry.LastWriteTime = at;
        var to = await entry.OpenAsync(cancellation);
        await using (to)
        {
            var measured = await Measured.Of(content, to, cancellation);
            Written.Add(new(name, measured.Digest, measured.Length));
        }
    }
}
