using System.Text.Json.Nodes;
using Google.Protobuf;
using Governance.Durable.Protocol;
using Governance.Functions.FunctionsHost;
using Governance.Functions.Hosting;
using Governance.HostContract.Tests.Player;
using Governance.Testing;

namespace Governance.HostContract.Tests;

/// <summary>What the Functions host and the durable extension may rely on. Held by the published executable, and by the same app in this process.</summary>
public abstract class HostContract(AzuriteFixture azurite) : IAsyncLifetime
{
    private static readonly FunctionCatalog Catalog = new(FunctionCatalog.Declared);

    private protected PlayedWorld World { get; private set; } = null!;

    private protected abstract IHandler NewHandler();

    public async ValueTask InitializeAsync() => World = await PlayedWorld.Start(NewHandler(), azurite);

    public async ValueTask DisposeAsync()
    {
        if (World is not null)
        {
            await World.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Deployments_are_driven_turn_by_turn_to_their_end_as_the_extension_would()
    {
        var low = await World.Submit();
        var high = await World.Submit(risky: true);
        await World.Until(low, "ACTIVE");
        await World.Until(high, "AWAITING_CAB");
        await Eventually.Holds(() => World.Hub.Find($"{high}-1-cab-1") is { Turns: > 0 }, TimeSpan.FromSeconds(20));
        await World.Approve(high);
        await World.Until(high, "ACTIVE");

        Assert.Equal(["DEPLOYMENT_CREATED", "POLICY_CHECK_COMPLETED", "DEPLOYMENT_PUBLISHED"], await World.EventTypes(low));
        Assert.Equal(["DEPLOYMENT_CREATED", "POLICY_CHECK_COMPLETED", "CAB_SUBMISSION_PREPARED", "CAB_APPROVED", "DEPLOYMENT_PUBLISHED"], await World.EventTypes(high));
        Assert.Equal((1, 1), (await World.AppsOf(low), await World.AppsOf(high)));
        Assert.True((await World.Publisher.Get($"events/verify/{high}/")).Ok()["valid"]!.GetValue<bool>());
        Assert.Equal(OrchestrationStatus.Completed, World.Hub.Find($"{high}-1-cab-1")!.Status);
        Assert.All(World.Hub.Instances, instance => Assert.NotEqual(OrchestrationStatus.Failed, instance.Status));
        Assert.Contains("grpc StartInstance", World.Endpoint.Calls);
        Assert.Contains("grpc RaiseEvent", World.Endpoint.Calls);
        Assert.Equal(0, World.Queue.Poisoned);
    }

    [Fact]
    public async Task An_HTTP_function_wakes_an_orchestration_through_the_queue()
    {
        var id = await World.Submit();
        await World.Until(id, "ACTIVE");
        await Eventually.Holds(() => World.Hub.Find($"{id}-1-rings") is { Busy: false, Inbox.Count: 0 } && World.Hub.Played.Count(played => played == "LookAtRing") > 1, TimeSpan.FromSeconds(20));
        var looks = World.Hub.Played.Count(played => played == "LookAtRing");

        (await World.Admin.Post($"deployments/{id}/promote/", new JsonObject { ["reason"] = "Look now." })).Ok();

        await Eventually.Holds(() => World.Hub.Played.Count(played => played == "LookAtRing") > looks, TimeSpan.FromSeconds(20));
        Assert.Equal(0, World.Queue.Poisoned);
    }

    [Fact]
    public async Task While_the_gRPC_listener_is_down_the_management_API_starts_and_wakes_orchestrations()
    {
        World.Endpoint.RpcIsDown = true;
        var id = await World.Submit(risky: true);
        await World.Until(id, "AWAITING_CAB");
        await Eventually.Holds(() => World.Hub.Find($"{id}-1-cab-1") is { Turns: > 0 }, TimeSpan.FromSeconds(20));
        await World.Approve(id);
        await World.Until(id, "ACTIVE");

        Assert.DoesNotContain(World.Endpoint.Calls, call => call.StartsWith("grpc", StringComparison.Ordinal));
        Assert.Contains($"http POST /runtime/webhooks/durabletask/orchestrators/DeploymentOrchestrator/{id}-1", World.Endpoint.Calls);
        Assert.Contains(World.Endpoint.Calls, call => call.EndsWith("/raiseEvent/changed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_function_of_the_catalog_answers_its_reference_payload()
    {
        foreach (var function in Catalog.Functions)
        {
            switch (function.Trigger)
            {
                case HttpTrigger http:
                    var path = http.FullRoute.Replace("{id}", "11111111-1111-4111-8111-111111111111", StringComparison.Ordinal);
                    var (status, mediaType, body) = await World.Host.Forward(new(http.Method), "/" + System.Text.RegularExpressions.Regex.Replace(path, @"\{[^}]*\}", "x"));
                    Assert.True(status is >= 300 and < 400 || (status < 500 && body.Length > 0 && mediaType is not null), $"{function.Name}: {status} {body}");
                    break;
                case TimerTrigger:
                    AssertReply(function, await World.Fire(function.Name));
                    break;
                case QueueTrigger:
                    var call = """{"table":"t9999Deployments","shard":"00","row":"!outbox~11111111-1111-4111-8111-111111111111~0000000001-0"}""";
                    AssertReply(function, await World.Host.Invoke(function.Name, Payloads.Queue(call, 1, World.Endpoint.Binding)));
                    break;
                case OrchestrationTrigger:
                    var turn = await World.Host.Invoke(function.Name, Payloads.Turn(FirstTurn(function.Name, """{"correlation_id":"11111111-1111-4111-8111-111111111111","generation":1}""")));
                    Assert.NotEmpty(Response(function, turn).Actions);
                    break;
                case ActivityTrigger:
                    var ran = await World.Host.Invoke(function.Name, Payloads.Activity("""{"correlation_id":"11111111-1111-4111-8111-111111111111"}""", "x"));
                    AssertReply(function, ran);
                    Assert.StartsWith("""{"$task":1,"ok":""", ran.ReturnValue, StringComparison.Ordinal);
                    break;
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"Data\":null}")]
    [InlineData("{\"Data\":[1]}")]
    [InlineData("{\"Data\":{\"context\":null,\"input\":7}}")]
    [InlineData("{\"Data\":{\"context\":\"\\\"not base64\\\"\",\"input\":\"\\\"{not json\\\"\",\"item\":\"\\\"hello\\\"\"}}")]
    [InlineData("{\"Data\":{\"context\":\"\\\"AAAA\\\"\",\"input\":\"null\",\"item\":\"\\\"{\\\\\\\"table\\\\\\\":7}\\\"\",\"client\":\"\\\"nonsense\\\"\"}}")]
    [InlineData("{\"Data\":{\"context\":\"unterminated")]
    public async Task A_wrong_payload_is_answered_and_ends_nothing_but_the_one_instance(string payload)
    {
        foreach (var function in Catalog.Functions)
        {
            switch (function.Trigger)
            {
                case OrchestrationTrigger:
                    var completion = Response(function, await World.Host.Invoke(function.Name, payload)).Actions.Last().CompleteOrchestration;
                    Assert.Equal(OrchestrationStatus.Failed, completion.OrchestrationStatus);
                    Assert.NotEmpty(completion.FailureDetails.ErrorMessage);
                    Assert.Null(completion.FailureDetails.InnerFailure);
                    break;
                case ActivityTrigger:
                    var ran = await World.Host.Invoke(function.Name, payload);
                    AssertReply(function, ran);
                    Assert.StartsWith("""{"$task":1,"ok":false""", ran.ReturnValue, StringComparison.Ordinal);
                    break;
                case QueueTrigger:
                    var taken = await World.Host.Invoke(function.Name, payload);
                    Assert.Equal(Made.Refusal, taken.Made);
                    Assert.NotEmpty(taken.Body!["Logs"]!.AsArray());
                    break;
            }
        }
    }

    [Fact]
    public async Task A_thousand_invocations_at_once_are_each_answered()
    {
        var turn = Payloads.Turn(FirstTurn("DeploymentOrchestrator", """{"correlation_id":"11111111-1111-4111-8111-111111111111","generation":1}""")).ToJsonString();
        var activity = Payloads.Activity("\"11111111-1111-4111-8111-111111111111\"", "x").ToJsonString();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 1000).Select(number => number % 2 == 0
            ? World.Host.Invoke("DeploymentOrchestrator", turn)
            : World.Host.Invoke("CheckPolicy", activity)));

        Assert.All(outcomes, outcome => Assert.Equal(Made.Reply, outcome.Made));
        Assert.Equal(2, outcomes.Select(outcome => System.Text.RegularExpressions.Regex.Replace(outcome.ReturnValue!, "\"stack\":\"[^\"]*\"", "")).Distinct().Count());
    }

    [Fact]
    public async Task What_an_invocation_logs_goes_back_with_its_answer()
    {
        var failed = await World.Host.Invoke("CheckPolicy", Payloads.Activity("\"11111111-1111-4111-8111-111111111111\"", "x"));
        Assert.Contains(failed.Logs, line => line.Contains("11111111-1111-4111-8111-111111111111 has an orchestration and no stream", StringComparison.Ordinal));
        Assert.Contains((await World.Fire("SweepOutbox")).Logs, line => line.Contains("64 looked at, ", StringComparison.Ordinal));
        Assert.Empty((await World.Host.Invoke("DeploymentOrchestrator", Payloads.Turn(FirstTurn("DeploymentOrchestrator", "{}")))).Logs);
    }

    [Fact]
    public async Task The_host_s_ping_is_answered_and_unknown_routes_and_methods_are_the_apps_own()
    {
        Assert.Equal(System.Net.HttpStatusCode.OK, await World.Host.Ping());
        var (status, mediaType, _) = await World.Host.Forward(HttpMethod.Get, "/api/v1/nothing/here");
        Assert.Equal((404, "application/problem+json"), (status, mediaType));
        (status, mediaType, _) = await World.Host.Forward(HttpMethod.Delete, "/api/v1/deployments");
        Assert.Equal((405, "application/problem+json"), (status, mediaType));
        (status, _, _) = await World.Host.Forward(HttpMethod.Get, "/DeploymentOrchestrator");
        Assert.Equal(404, status);
    }

    private protected static string FirstTurn(string orchestrator, string input)
    {
        var started = new PlayedInstance("i1", orchestrator, input, null).Started();
        var request = new OrchestratorRequest { InstanceId = "i1", NewEvents = { PlayedInstance.Event(e => e.OrchestratorStarted = new()), started } };
        return Convert.ToBase64String(request.ToByteArray());
    }

    private static void AssertReply(Function function, Outcome outcome) =>
        Assert.True(outcome.Succeeded, $"{function.Name}: {outcome.Made} {outcome.Detail} {outcome.Body?.ToJsonString()}");

    private static OrchestratorResponse Response(Function function, Outcome outcome)
    {
        AssertReply(function, outcome);
        Assert.False(string.IsNullOrEmpty(outcome.ReturnValue), function.Name);
        return OrchestratorResponse.Parser.ParseFrom(Convert.FromBase64String(outcome.ReturnValue));
    }
}

/// <summary>Held by the app in this process.</summary>
public sealed class TheAppInThisProcess(AzuriteFixture azurite) : HostContract(azurite)
{
    private protected override IHandler NewHandler() => new InProcessHandler();
}

/// <summary>Held by the published executable.</summary>
public sealed class ThePublishedExecutable(AzuriteFixture azurite, PublishedApp published) : HostContract(azurite)
{
    private protected override IHandler NewHandler() => new PublishedHandler(published.Folder);
}
