using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Evidence;
using Governance.Core.Policy;
using Governance.Functions.Deployments;
using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Governance.Functions.SignIn;
using Governance.Storage.Vault;
using Governance.Storage.Views;

namespace Governance.Functions.Policy;

/// <summary>A dry run: what would be checked.</summary>
internal sealed record DryRun(
    string AppName, string Version, Ring TargetRing, EvidencePackId? PackId, JsonElement? Evidence, long? DeviceCount, Criticality Criticality, Urgency Urgency)
{
    private static readonly ImmutableSortedDictionary<string, Criticality> Criticalities = new[]
    {
        KeyValuePair.Create("low", Criticality.Low), KeyValuePair.Create("standard", Criticality.Standard),
        KeyValuePair.Create("high", Criticality.High), KeyValuePair.Create("critical", Criticality.Critical),
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    internal static DryRun Parse(Input input)
    {
        var body = input.Body;
        var pack = body.OptionalId<EvidencePackId>("evidence_pack_id") is { Value: var value } named && value != Guid.Empty ? named : (EvidencePackId?)null;
        if (pack is null && !body.Has("evidence"))
        {
            body.Wrong("evidence", "either evidence or evidence_pack_id is required");
        }

        if (body.Has("evidence"))
        {
            body.Object("evidence");
        }

        return new(
            body.OptionalText("app_name", 200) ?? "dry-run",
            body.OptionalText("version", 100) ?? "0",
            body.Ring("target_ring"),
            pack,
            body.Any("evidence"),
            body.OptionalInteger("device_count", 0, 10_000_000),
            body.OptionalChoice("criticality", Criticalities) ?? Criticality.Standard,
            Urgency.Standard);
    }
}

/// <summary>The active policy, and dry runs that store nothing.</summary>
internal static class PolicyReads
{
    internal static Task<IResult> Set(ApiRequest request)
    {
        var data = request.Service<PolicyData>();
        return Task.FromResult(Results.Ok(new PolicySetView(
            data.Set.Identity, Json(data.Set.Source), data.Model.Identity, data.Gates.Identity, Json(data.Gates.Source))));
    }

    internal static Task<IResult> Model(ApiRequest request)
    {
        var data = request.Service<PolicyData>();
        return Task.FromResult(Results.Ok(new RiskModelView(data.Model.Identity, Json(data.Model.Source))));
    }

    internal static Task<IResult> Assess(ApiRequest request, DryRun run) => Check(request, run, check => Results.Ok(RiskView.Of(check)!));

    internal static Task<IResult> Evaluate(ApiRequest request, DryRun run) => Check(request, run, check => Results.Ok(new CheckView(check.Score, RiskView.Of(check)!, PolicyView.Of(check)!)));

    private static async Task<IResult> Check(ApiRequest request, DryRun run, Func<PolicyCheckResult, IResult> answer)
    {
        EvidenceFacts facts;
        if (run.PackId is { } id)
        {
            if (await request.Service<EvidenceVault>().Find(id, request.Cancellation) is not { } pack)
            {
                return Problems.From(new PackUnknown(id));
            }

            facts = pack.Facts;
        }
        else
        {
            var evidence = JsonMarshal.GetRawUtf8Value(run.Evidence!.Value).ToArray();
            var parsed = await request.Compute(evidence.Length, () => EvidenceDocument.Parse(new ReadOnlySequence<byte>(evidence), request.Cancellation));
            var reading = parsed.Document is { } document
                ? new EvidenceAssembly(document with { Files = [] }).Complete(
                    new(new(Guid.AllBitsSet), Digest.Zero, run.AppName, run.Version, request.Now, request.Caller.Id), request.Service<EvidenceTrust>())
                : null;
            if (reading?.Facts is not { } read)
            {
                var problems = parsed.Problems.Accepted ? reading!.Problems : parsed.Problems;
                return Problems.Invalid([.. problems.Errors.Select(problem => new FieldError("evidence" + problem.Path.TrimStart('$'), problem.Message))]);
            }

            facts = read;
        }

        var data = request.Service<PolicyData>();
        return answer(PolicyCheck.Run(
            new()
            {
                At = request.Now,
                TargetRing = run.TargetRing,
                SubmittedBy = request.Caller.Actor,
                Owners = [.. request.Caller.Owners],
                Evidence = facts,
                DeviceCount = run.DeviceCount,
                Criticality = run.Criticality,
                Urgency = run.Urgency,
                History = await request.Service<DeploymentViews>().History(facts.AppName, request.Now, request.Cancellation),
            },
            data.Model,
            data.Set));
    }

    private static JsonElement Json(ReadOnlyMemory<byte> source) => JsonSerializer.Deserialize(source.Span, ApiJson.Wire.JsonElement);
}

/// <summary>The active policy set and gates.</summary>
internal sealed record PolicySetView(DataVersion PolicySet, JsonElement Policies, DataVersion RiskModel, DataVersion Gates, JsonElement PromotionGates);

/// <summary>The active risk model.</summary>
internal sealed record RiskModelView(DataVersion RiskModel, JsonElement Model);

/// <summary>A dry run's whole result.</summary>
internal sealed record CheckView(int RiskScore, RiskView Risk, PolicyView Policy);

/// <summary>The functions of policy.</summary>
internal static class PolicyFunctions
{
    private const string Example = """{"target_ring": "PILOT", "evidence_pack_id": "6b1f2c1e-5d7c-4a41-9a53-0c7cb4a2a001"}""";

    /// <summary>The functions of this subject.</summary>
    public static IEnumerable<Function> All =>
    [
        Function.Get("GetPolicy", "policy", Access.AnyRole, PolicyReads.Set, new("The active policy set and promotion gates.", Response: """{"policy_set": {"version": "1.0"}}""")),
        Function.Get("GetRiskModel", "policy/risk-model", Access.AnyRole, PolicyReads.Model, new("The active risk model.", Response: """{"risk_model": {"version": "1.0"}}""")),
        Function.Post("AssessRisk", "policy/assess", Access.AnyRole, DryRun.Parse, PolicyReads.Assess, new(
            "The risk of evidence, with every factor and the way down; stores nothing.", Example, """{"score": 39, "outcome": "AUTOMATED_ALLOWED"}""")
        { Refusals = ["422 EVIDENCE_UNKNOWN"] }, FunctionGroup.Evidence, BodyLimit.Evidence),
        Function.Post("EvaluatePolicy", "policy/evaluate", Access.AnyRole, DryRun.Parse, PolicyReads.Evaluate, new(
            "The whole policy check of evidence; stores nothing.", Example, """{"risk_score": 39, "policy": {"verdict": "ALLOWED"}}""")
        { Refusals = ["422 EVIDENCE_UNKNOWN"] }, FunctionGroup.Evidence, BodyLimit.Evidence),
    ];
}
