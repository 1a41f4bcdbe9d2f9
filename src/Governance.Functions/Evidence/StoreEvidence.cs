using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Evidence;
using Governance.Core.Policy;
using Governance.Core.Rollout;
using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Governance.Functions.Policy;
using Governance.Storage.Streams;
using Governance.Storage.Vault;
using Governance.Storage.Views;

namespace Governance.Functions.Evidence;

/// <summary>Evidence as it is handed in.</summary>
internal sealed record EvidenceWish(string AppName, string Version, JsonElement Evidence, EvidencePackId? PackId)
{
    internal static EvidenceWish Parse(Input input)
    {
        var body = input.Body;
        body.Object("evidence");
        return new(
            body.Text("app_name", 200),
            body.Text("version", 100),
            body.Any("evidence") ?? default,
            body.OptionalId<EvidencePackId>("evidence_pack_id") is { Value: var value } chosen && value != Guid.Empty ? chosen : null);
    }
}

/// <summary>POST /evidence/store/: validates a pack and stores it for good.</summary>
internal static class StoreEvidence
{
    /// <summary>How long an answer waits for an artifact to be read.</summary>
    internal static readonly TimeSpan LongestTakingIn = TimeSpan.FromSeconds(2);

    /// <returns>201 with the pack, 200 where the same content lies there already; 400 with every problem, 409 where the id holds other content.</returns>
    internal static async Task<IResult> Handle(ApiRequest request, EvidenceWish wish)
    {
        var inline = JsonMarshal.GetRawUtf8Value(wish.Evidence).ToArray();
        var parsed = await request.Compute(inline.Length, () => EvidenceDocument.Parse(new ReadOnlySequence<byte>(inline), request.Cancellation));
        if (parsed.Document is not { } document || !parsed.Problems.Accepted)
        {
            return Refused(parsed.Problems);
        }

        byte[] canonical;
        try
        {
            canonical = await request.Compute(inline.Length, () => CanonicalJson.Canonicalize(inline));
        }
        catch (JsonException unspeakable)
        {
            return Problems.Invalid("evidence", unspeakable.Message);
        }

        var assembly = new EvidenceAssembly(document);
        var files = new List<PackFile> { new(EvidencePack.EvidenceKind, Digest.Of(canonical), canonical.Length) };
        var mistaken = new List<FieldError>();
        foreach (var file in document.Files)
        {
            var (bytes, mistake) = await Take(request, file);
            if (bytes is not null)
            {
                await request.Compute(bytes.Length, () => Added(assembly, file, bytes, request.Cancellation));
                files.Add(new(KindName(file.Kind), file.Sha256, bytes.Length));
            }
            else if (mistake is not null)
            {
                mistaken.Add(mistake);
            }
        }

        if (mistaken.Count > 0)
        {
            return Problems.Invalid(mistaken);
        }

        if (document.Artifact is { } artifact)
        {
            files.Add(new("artifact", artifact.Sha256, artifact.SizeBytes));
        }

        var digest = PackDigest.Of(wish.AppName, wish.Version, files);
        var id = wish.PackId ?? PackIds.Derive(request.Caller.Tenant, digest);
        var reading = assembly.Complete(new(id, digest, wish.AppName, wish.Version, request.Now, request.Caller.Id), request.Service<EvidenceTrust>());
        if (reading.Facts is not { } facts)
        {
            return Refused(reading.Problems);
        }

        var vault = request.Service<EvidenceVault>();
        await vault.StoreFile(canonical, request.Cancellation);
        var stored = await vault.Store(new EvidencePack(facts, [.. files]), request.Cancellation);
        if (stored is StorePackResult.Conflict)
        {
            return Problems.Of(StatusCodes.Status409Conflict, "PACK_EXISTS", $"Pack {id} holds other content; a pack never changes, choose another id.");
        }

        await LinkWaiting(request, stored.Pack.Facts);
        if (document.Artifact is { } named)
        {
            // Whoever names an artifact has mostly uploaded it: it is taken in now, and nobody's reading has to wait for it. A large one goes on behind this answer.
            await request.Service<ArtifactStore>().IsVerifiedWithin(named.Sha256, LongestTakingIn, request.Cancellation);
        }

        var completeness = CompletenessOf(request, stored.Pack.Facts);
        var view = new StoredEvidenceView(id, digest, completeness, reading.Sbom, reading.Scan, [.. parsed.Problems.Warnings, .. reading.Problems.Warnings]);
        request.Http.Response.Headers.Location = $"/{FunctionCatalog.ApiBase}/evidence/{id}/";
        return Results.Json(view, ApiJson.Wire.StoredEvidenceView, statusCode: stored is StorePackResult.Stored ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    /// <summary>What is there, missing and stale in a pack, ring by ring.</summary>
    internal static IReadOnlyList<CompletenessItem> CompletenessOf(ApiRequest request, EvidenceFacts facts)
    {
        var data = request.Service<PolicyData>();
        var inputs = PolicyCheck.Read(
            new()
            {
                At = request.Now,
                TargetRing = Ring.Global,
                SubmittedBy = request.Caller.Actor,
                Evidence = facts,
                History = AppHistory.None(request.Now),
            },
            data.Set);
        return data.Set.CompletenessOf(inputs).Items;
    }

    // A pack changes nothing, except for intents of its own submitter that wait for exactly this id. Who is not reached here is found by SweepExpirations.
    private static async Task LinkWaiting(ApiRequest request, EvidenceFacts facts)
    {
        var waiting = request.Service<WaitingIntents>();
        var deployments = request.Service<EventStreams<DeploymentState, DeploymentEvent>>();
        foreach (var id in await waiting.For(facts.PackId, request.Cancellation))
        {
            var linked = await deployments.Change(
                id,
                Actor.System,
                (state, _) => DeploymentDecider.LinkEvidence(
                    state, EvidenceLink.Of(facts), (facts.AppName, facts.Version), new Requester(Actor.System, IsAdmin: false), PublishStage.None),
                request.Cancellation);
            if (linked.Settled is not null)
            {
                await waiting.Remove(facts.PackId, id, request.Cancellation);
            }
        }
    }

    /// <returns>The file's bytes; or what was uploaded in its place; neither where nothing was.</returns>
    private static async Task<(byte[]? Bytes, FieldError? Mistake)> Take(ApiRequest request, EvidenceFileReference file)
    {
        var uploads = request.Service<UploadArea>();
        var field = "evidence" + file.Path.TrimStart('$');
        switch (await uploads.Settle(UploadKind.Evidence, file.Sha256, request.Cancellation))
        {
            case UploadState.OtherContent other:
                return (null, new(field, $"the upload for {file.Sha256} has the SHA-256 {other.Digest} and was thrown away; upload it again"));
            case UploadState.TooLarge large:
                return (null, new(field, $"the upload for {file.Sha256} has more than {large.Limit} bytes and was thrown away"));
            case UploadState.Verified verified when await uploads.Open(UploadKind.Evidence, file.Sha256, request.Cancellation) is { } content:
                await using (content)
                {
                    var bytes = new byte[verified.Length];
                    await content.ReadExactlyAsync(bytes, request.Cancellation);
                    return (bytes, null);
                }

            default:
                return default;
        }
    }

    private static EvidenceAssembly Added(EvidenceAssembly assembly, EvidenceFileReference file, byte[] bytes, CancellationToken cancellation)
    {
        assembly.Add(file, new ReadOnlySequence<byte>(bytes), cancellation);
        return assembly;
    }

    private static string KindName(EvidenceFileKind kind) => kind switch
    {
        EvidenceFileKind.Sbom => "sbom",
        EvidenceFileKind.Scan => "scan",
        EvidenceFileKind.Provenance => "provenance",
        EvidenceFileKind.Vex => "vex",
        EvidenceFileKind.Tests => "tests",
        EvidenceFileKind.Artifact => "artifact",
        _ => EvidencePack.EvidenceKind,
    };

    private static IResult Refused(EvidenceProblems problems)
    {
        FieldError[] errors = [.. problems.Errors.Select(problem => new FieldError("evidence" + problem.Path.TrimStart('$'), problem.Message))];
        return problems.TooLarge ? Problems.TooLarge(errors) : Problems.Invalid(errors);
    }
}

/// <summary>The ids of packs whose client chose none.</summary>
internal static class PackIds
{
    /// <summary>UUID v5 of tenant and pack digest.</summary>
    internal static EvidencePackId Derive(Guid tenant, Digest digest) => new(Uuid5.Of(Uuid5.Governance, $"evidence-pack:{tenant}:{digest}"));
}

/// <summary>A stored pack.</summary>
internal sealed record StoredEvidenceView(
    EvidencePackId EvidencePackId, Digest Digest, IReadOnlyList<CompletenessItem> Completeness, SbomSummary? Sbom, ScanSummary? ScanSummary, IReadOnlyList<EvidenceProblem> Warnings);
