using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Evidence;
using Governance.Core.Policy;
using Governance.Core.Rollout;
using Governance.Functions.Audit;
using Governance.Functions.Cab;
using Governance.Functions.Connectors;
using Governance.Functions.Deployments;
using Governance.Functions.Events;
using Governance.Functions.Evidence;
using Governance.Functions.Health;
using Governance.Functions.Operations;
using Governance.Functions.Policy;
using Governance.Functions.SignIn;
using Governance.Storage.Views;

namespace Governance.Functions.Http;

/// <summary>What the HTTP API writes, as source-generated JSON: snake_case, nulls written, timestamps in UTC.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DictionaryKeyPolicy = JsonKnownNamingPolicy.Unspecified,
    GenerationMode = JsonSourceGenerationMode.Metadata | JsonSourceGenerationMode.Serialization,
    Converters = [typeof(UtcInstantConverter)])]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(HealthView))]
[JsonSerializable(typeof(SweepsView))]
[JsonSerializable(typeof(DevelopmentToken))]
[JsonSerializable(typeof(DeploymentView))]
[JsonSerializable(typeof(DeploymentsView))]
[JsonSerializable(typeof(EventsView))]
[JsonSerializable(typeof(CabRequestView))]
[JsonSerializable(typeof(PendingView))]
[JsonSerializable(typeof(DeploymentCabView))]
[JsonSerializable(typeof(PublishView))]
[JsonSerializable(typeof(ConnectorView))]
[JsonSerializable(typeof(RemediationView))]
[JsonSerializable(typeof(PlanesView))]
[JsonSerializable(typeof(PlaneHealth))]
[JsonSerializable(typeof(StoredEvidenceView))]
[JsonSerializable(typeof(EvidenceView))]
[JsonSerializable(typeof(UploadView))]
[JsonSerializable(typeof(PolicySetView))]
[JsonSerializable(typeof(RiskModelView))]
[JsonSerializable(typeof(RiskView))]
[JsonSerializable(typeof(CheckView))]
[JsonSerializable(typeof(VerifyView))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(ExceptionSummary))]
[JsonSerializable(typeof(ExceptionsView))]
[JsonSerializable(typeof(ApplicationsView))]
[JsonSerializable(typeof(AppVersion))]
[JsonSerializable(typeof(AppDeployment))]
[JsonSerializable(typeof(RingScope))]
[JsonSerializable(typeof(Guid))]
[JsonSerializable(typeof(PersonId))]
[JsonSerializable(typeof(WaitReason))]
[JsonSerializable(typeof(CabCondition))]
[JsonSerializable(typeof(ConditionStandingView))]
[JsonSerializable(typeof(CabVote))]
[JsonSerializable(typeof(KnownDrift))]
[JsonSerializable(typeof(WayDownStep))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(RuleResult))]
[JsonSerializable(typeof(CompletenessItem))]
[JsonSerializable(typeof(GateCheck))]
[JsonSerializable(typeof(PackFile))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>The one instance for writing without ASP.NET Core's own options.</summary>
    public static ApiJson Wire { get; } = new(Configured());

    /// <summary>Makes these and only these types what <c>Results.Ok(view)</c> and its kin can write; a type that is missing here is a fault that the first test shows.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.Converters.Add(new UtcInstantConverter());

        // Answers are application/json with nosniff, never part of a page: text may stay readable.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.TypeInfoResolverChain.Clear();
        options.TypeInfoResolverChain.Add(Default);
    }

    private static JsonSerializerOptions Configured() => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new UtcInstantConverter() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
