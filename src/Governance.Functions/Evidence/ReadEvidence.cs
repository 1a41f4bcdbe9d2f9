using System.Collections.Immutable;
using System.Text.Json;
using Governance.Core;
using Governance.Core.Evidence;
using Governance.Core.Policy;
using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Governance.Functions.SignIn;
using Governance.Storage.Vault;

namespace Governance.Functions.Evidence;

/// <summary>GET /evidence/{id}/ and POST /evidence/uploads/.</summary>
internal static class ReadEvidence
{
    internal static async Task<IResult> Get(ApiRequest request)
    {
        var vault = request.Service<EvidenceVault>();
        var pack = await vault.Find(request.Id<EvidencePackId>(), request.Cancellation);
        if (pack is null)
        {
            return Problems.NotFound("This evidence pack");
        }

        var inline = pack.EvidenceFile is { } file ? await vault.Read(file.Sha256, request.Cancellation) : null;
        var facts = pack.Facts;
        return Results.Ok(new EvidenceView(
            facts.PackId, facts.AppName, facts.Version, facts.PackDigest, facts.StoredAt, facts.StoredBy, pack.Files,
            StoreEvidence.CompletenessOf(request, facts), facts.Artifact, facts.Sbom?.Components.Length, facts.Scan?.Counts, facts.Provenance,
            inline is null ? null : JsonSerializer.Deserialize(inline, ApiJson.Wire.JsonElement)));
    }

    internal static async Task<IResult> BeginUpload(ApiRequest request, UploadWish wish)
    {
        var uploads = request.Service<UploadArea>();
        var limit = request.Service<UploadLimits>().For(wish.Kind);
        if (wish.SizeBytes > limit)
        {
            return Problems.TooLarge(limit);
        }

        // An artifact may take minutes to read: all who ask wait for one reading, and none of them for long.
        bool? verified = wish.Kind == UploadKind.Artifact
            ? await request.Service<ArtifactStore>().IsVerifiedWithin(wish.Sha256, StoreEvidence.LongestTakingIn, request.Cancellation)
            : await uploads.Settle(wish.Kind, wish.Sha256, request.Cancellation) is UploadState.Verified;
        if (verified is not false)
        {
            return Results.Ok(new UploadView(wish.Sha256, wish.SizeBytes, wish.FileName, verified is null ? "verifying" : "verified", null, null));
        }

        var address = await uploads.Begin(wish.Kind, wish.Sha256, request.Cancellation);
        return Results.Json(
            new UploadView(wish.Sha256, wish.SizeBytes, wish.FileName, "awaiting_upload", address.Uri, address.Until),
            ApiJson.Wire.UploadView,
            statusCode: StatusCodes.Status201Created);
    }
}

/// <summary>What is to be uploaded.</summary>
internal sealed record UploadWish(Digest Sha256, long SizeBytes, string FileName, UploadKind Kind)
{
    private static readonly ImmutableSortedDictionary<string, UploadKind> Kinds = new[]
    {
        KeyValuePair.Create("artifact", UploadKind.Artifact), KeyValuePair.Create("evidence", UploadKind.Evidence),
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    internal static UploadWish Parse(Input input) => new(
        input.Body.Digest("sha256"), input.Body.Integer("size_bytes", 1, 1L << 40), input.Body.Text("file_name", 255), input.Body.Choice("kind", Kinds));
}

/// <summary>A pack as the API shows it.</summary>
internal sealed record EvidenceView(
    EvidencePackId EvidencePackId, string AppName, string Version, Digest Digest, DateTimeOffset StoredAt, PersonId StoredBy, IReadOnlyList<PackFile> Files,
    IReadOnlyList<CompletenessItem> Completeness, ArtifactFacts? Artifact, int? SbomComponents, SeverityCounts? ScanCounts, ProvenanceFacts? Provenance, JsonElement? EvidenceData);

/// <summary>Where to upload to. The address can create the file once and nothing else.</summary>
internal sealed record UploadView(Digest Sha256, long SizeBytes, string FileName, string Status, Uri? UploadUrl, DateTimeOffset? ExpiresAt);

/// <summary>The functions of evidence.</summary>
internal static class EvidenceFunctions
{
    private const string Pack = """
        {"evidence_pack_id": "6b1f2c1e-5d7c-4a41-9a53-0c7cb4a2a001", "digest": "9f2c…", "completeness": [], "sbom": {"format": "cyclonedx"}, "scan_summary": {}}
        """;

    /// <summary>The functions of this subject.</summary>
    public static IEnumerable<Function> All =>
    [
        new("StoreEvidence", new HttpTrigger(HttpMethods.Post, "evidence/store", Access.To(Roles.Publisher), FunctionGroup.Evidence, BodyLimit.Evidence, Store, new(
            "Validates an evidence pack and stores it for good. Also as multipart/form-data: the same members as parts, then the files that the evidence names, each part named by its SHA-256.",
            """
            {"app_name": "7-Zip", "version": "24.09", "evidence": {"sbom": {"format": "spdx", "components": [{"name": "zlib", "version": "1.3.1"}]},
             "scan_results": {"critical": 0, "high": 0, "medium": 5, "low": 12}, "build_info": {"builder": "github"}}}
            """,
            Pack,
            StatusCodes.Status201Created)
        { Refusals = ["409 PACK_EXISTS"] })),
        Function.Get("GetEvidence", "evidence/{id}", Access.AnyRole, ReadEvidence.Get, new("A stored pack with its inline parts.", Response: Pack)),
        Function.Post("BeginUpload", "evidence/uploads", Access.To(Roles.Publisher), UploadWish.Parse, ReadEvidence.BeginUpload, new(
            "An address to upload one file to, once; it counts once its digest is verified. 200 with status verified, or verifying while what was uploaded is being read, where there is nothing to upload.",
            """{"sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "size_bytes": 1024, "file_name": "setup.intunewin", "kind": "artifact"}""",
            """{"sha256": "e3b0…", "status": "awaiting_upload", "upload_url": "https://…", "expires_at": "2026-01-01T01:00:00Z"}""",
            StatusCodes.Status201Created)),
    ];

    private static Task<IResult> Store(Call call) => EvidenceForm.IsForm(call.Request.Http.Request)
        ? EvidenceForm.Serve(call)
        : call.Parsed(EvidenceWish.Parse, StoreEvidence.Handle, BodyLimit.Evidence);
}
