using System.Collections.Immutable;
using System.Text.Json;
using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Core.Evidence;
using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Governance.Functions.Rollout;
using Governance.Functions.SignIn;
using Governance.Storage.Streams;
using Governance.Storage.Vault;

namespace Governance.Functions.Deployments;

/// <summary>What a pipeline asks for.</summary>
internal sealed record DeploymentWish(
    string AppName, string Version, Ring StartRing, Ring TargetRing, EvidencePackId EvidencePackId, string Connector, CorrelationId? CorrelationId,
    ScopeWish Scope, string? Justification, Urgency Urgency, string? IdempotencyKey, TimeSpan Wait)
{
    private static readonly ImmutableSortedDictionary<string, Urgency> Urgencies = new[]
    {
        KeyValuePair.Create("standard", Urgency.Standard), KeyValuePair.Create("urgent", Urgency.Urgent),
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>Reads the body and headers.</summary>
    internal static DeploymentWish Parse(Input input)
    {
        var body = input.Body;
        var target = body.Ring("target_ring");
        var start = body.OptionalRing("start_ring") ?? target;
        if (start > target)
        {
            body.Wrong("start_ring", "is behind target_ring");
        }

        var urgency = body.OptionalChoice("urgency", Urgencies) ?? Urgency.Standard;
        var justification = body.OptionalProse("justification", 4000);
        if (urgency == Urgency.Urgent && justification is null)
        {
            body.Wrong("justification", "is required where urgency is urgent");
        }

        return new(
            body.Text("app_name", 200),
            body.Text("version", 100),
            start,
            target,
            body.Id<EvidencePackId>("evidence_pack_id"),
            body.OptionalText("connector", 40) ?? "INTUNE",
            body.OptionalId<CorrelationId>("correlation_id") is { Value: var value } chosen && value != Guid.Empty ? chosen : null,
            ScopeInput.Read(body, start, target),
            justification,
            urgency,
            input.IdempotencyKey(),
            input.Wait());
    }
}

/// <summary>POST /deployments/: accepts an intent.</summary>
internal static class SubmitDeployment
{
    private const int MostAttempts = 50;

    /// <returns>201 with the new deployment, 200 where it is there already; problem details for a refusal.</returns>
    internal static async Task<IResult> Handle(ApiRequest request, DeploymentWish wish)
    {
        var planes = request.Service<DevicePlanes>();
        if (planes.Find(wish.Connector) is null)
        {
            return Problems.Invalid("connector", $"is none of the known planes: {string.Join(", ", planes.Names)}");
        }

        var facts = (await request.Service<EvidenceVault>().Find(wish.EvidencePackId, request.Cancellation))?.Facts;
        if (facts is not null && (facts.AppName, facts.Version) != (wish.AppName, wish.Version))
        {
            return Problems.From(new EvidenceMismatch(wish.AppName, wish.Version));
        }

        var link = facts is null ? null : EvidenceLink.Of(facts);
        var asked = Request(wish, request.Caller, request.Service<RingGroups>());
        var tenant = request.Caller.Tenant.ToString();
        for (var attempt = 1; attempt <= MostAttempts;)
        {
            var id = wish.CorrelationId
                ?? DeploymentIds.Derive(tenant, wish.AppName, wish.Version, wish.StartRing, wish.TargetRing, wish.EvidencePackId, attempt);
            var streams = request.Service<EventStreams<DeploymentState, DeploymentEvent>>();
            var created = await streams.Create(
                id, request.Caller.Actor, Events(id, asked with { Attempt = attempt }, link), request.Cancellation);
            if (created is CreateResult<DeploymentState>.Created { Head: var head })
            {
                return await Answer(request, head, wish.Wait, StatusCodes.Status201Created);
            }

            var existing = ((CreateResult<DeploymentState>.Existing)created).Head;
            switch (IntentConflict.Decide(id, existing.State, asked))
            {
                case IntentAnswer.Same:
                    return await Answer(request, existing, wish.Wait, StatusCodes.Status200OK);
                case IntentAnswer.Refused refused:
                    return Problems.From(refused.Reason);
                case IntentAnswer.TryAgain next:
                    attempt = next.Attempt;
                    break;
            }
        }

        return Problems.Of(StatusCodes.Status409Conflict, "TOO_MANY_ATTEMPTS", $"This intent has ended {MostAttempts} times; submit other evidence or another version.");
    }

    private static ImmutableArray<DeploymentEvent> Events(CorrelationId id, DeploymentRequest asked, EvidenceLink? link) =>
        ((Outcome<DeploymentEvent>.Accepted)DeploymentDecider.Create(id, asked, link)).Events;

    private static async Task<IResult> Answer(ApiRequest request, StreamHead<DeploymentState> head, TimeSpan wait, int status)
    {
        if (wait > TimeSpan.Zero && head.State is { Status: DeploymentStatus.Pending } && request.StepOut())
        {
            head = await request.Service<DeploymentWatch>().Until(head, state => state.Status != DeploymentStatus.Pending, wait, request.Cancellation);
        }

        var view = await request.Service<DeploymentViewer>().Show(head, request.Cancellation);
        request.Http.Response.Headers.Location = $"/{FunctionCatalog.ApiBase}/deployments/{head.Id}/";
        return Results.Json(view, ApiJson.Wire.DeploymentView, statusCode: status);
    }

    private static DeploymentRequest Request(DeploymentWish wish, Caller caller, RingGroups groups)
    {
        var request = new DeploymentRequest
        {
            AppName = wish.AppName,
            Version = wish.Version,
            StartRing = wish.StartRing,
            TargetRing = wish.TargetRing,
            EvidencePackId = wish.EvidencePackId,
            Connector = wish.Connector,
            Scope = wish.Scope.Resolve(wish.StartRing, wish.TargetRing, groups),
            Urgency = wish.Urgency,
            Justification = wish.Justification,
            Submitter = caller.Actor,
            Owners = [.. caller.Owners.OrderBy(owner => owner.Value)],
            RequestDigest = Digest.Zero,
            NaturalKey = wish.CorrelationId is null,
        };
        var digest = Digest.Of(CanonicalJson.Canonicalize(JsonSerializer.SerializeToUtf8Bytes(request, DeploymentJson.Default.DeploymentRequest)));
        return request with { RequestDigest = digest, IdempotencyKey = wish.IdempotencyKey };
    }
}
