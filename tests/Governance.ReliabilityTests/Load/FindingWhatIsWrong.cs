using System.Text.Json;
using Governance.LoadTests.Load;
using Governance.LoadTests.Verify;

namespace Governance.ReliabilityTests.Load;

/// <summary>The checks of a load run find what they are there for.</summary>
public sealed class FindingWhatIsWrong
{
    private readonly CannedStore _store = new(deployments: 3);

    [Fact]
    public async Task A_sound_store_holds_and_everything_in_it_is_counted()
    {
        var verdict = await Check();
        Assert.Equal((true, 3, 3, 3, 3, 3, 3, 6L), (verdict.Holds, verdict.Created, verdict.Heads, verdict.Listed, verdict.Logged, verdict.Pending, verdict.Awaiting, verdict.Events));
    }

    [Fact]
    public async Task An_event_that_was_tampered_with_is_found()
    {
        _store.Logs[_store.Ids[1]][0]!["data"]!["app_name"] = "Another";
        await Finds($"{_store.Ids[1]}: event 1 does not match its hash");
    }

    [Fact]
    public async Task An_event_that_is_gone_is_found()
    {
        _store.Logs[_store.Ids[1]].RemoveAt(0);
        await Finds($"{_store.Ids[1]}: event 1 has sequence 2");
    }

    [Fact]
    public async Task A_log_that_ends_before_its_head_is_found()
    {
        _store.Logs[_store.Ids[1]].RemoveAt(1);
        await Finds($"{_store.Ids[1]}: its head is at 2, its log at 1");
    }

    [Fact]
    public async Task A_head_with_another_status_or_hash_is_found()
    {
        var (id, other) = (_store.Ids[0], _store.Ids[2]);
        _store.Heads[id] = (200, _store.Heads[id].Body.Replace("AWAITING_CAB", "BLOCKED", StringComparison.Ordinal));
        var hash = JsonDocument.Parse(_store.Heads[other].Body).RootElement.GetProperty("head_hash").GetString()!;
        _store.Heads[other] = (200, _store.Heads[other].Body.Replace(hash, new string('0', 64), StringComparison.Ordinal));
        await Finds($"{id}: is BLOCKED, not AWAITING_CAB", $"{other}: its head's hash is not its log's");
    }

    [Fact]
    public async Task A_deployment_that_cannot_be_read_is_found()
    {
        _store.Heads[_store.Ids[0]] = (404, """{"code":"DEPLOYMENT_UNKNOWN"}""");
        _store.Heads[_store.Ids[1]] = (500, """{"code":"FAULT"}""");
        await Finds(
            $$"""{{_store.Ids[0]}} cannot be read: 404 {"code":"DEPLOYMENT_UNKNOWN"}""",
            $$"""{{_store.Ids[1]}} cannot be read: 500 {"code":"FAULT"}""");
    }

    [Fact]
    public async Task Rows_that_are_missing_twice_or_too_many_are_found()
    {
        var stranger = new Guid(99, 0, 0x4000, 0x80, 0, 0, 0, 0, 0, 0, 1);
        _store.Logged.Remove(_store.Ids[0]);
        _store.Pending.Add(_store.Ids[1]);
        _store.Listed.Add(stranger);
        await Finds(
            $"{stranger} is in the list of deployments and must not be", $"{_store.Ids[0]} is missing in the list of events", $"{_store.Ids[1]} stands twice in the list of the CAB");
    }

    [Fact]
    public async Task What_strangers_have_made_is_no_fault_where_others_use_the_store()
    {
        _store.Listed.Add(new Guid(99, 0, 0x4000, 0x80, 0, 0, 0, 0, 0, 0, 1));
        Assert.True((await StoreCheck.Run(_store.Bench(), DateTimeOffset.UnixEpoch, alone: false)).Holds);
    }

    [Fact]
    public void A_row_missing_in_a_list_is_found() => Assert.Equal(
        [$"{_store.Ids[2]} is missing in the list of deployments"],
        StoreCheck.Compare("the list of deployments", new(_store.Ids.Take(2).ToDictionary(id => id, _ => string.Empty), []), _store.Ids, alone: true));

    [Theory]
    [InlineData(404, """{"code":"DEPLOYMENT_UNKNOWN"}""")]
    [InlineData(500, """{"code":"FAULT"}""")]
    [InlineData(200, """{"correlation_id":"00000000-0000-4000-8000-000000000001","app_name":"App","status":"PENDING"}""")]
    [InlineData(201, """{"correlation_id":"00000000-0000-4000-8000-000000000001","app_name":"App","status":"PENDING"}""")]
    [InlineData(201, "no JSON")]
    public async Task An_answer_that_is_not_the_one_asked_for_is_a_failure(int status, string body)
    {
        var bench = new StubApp(_ => (status, body)).Bench();
        var request = Requests.Create(bench, "publisher", new("App", "\"app_name\":\"App\"}"), "AWAITING_CAB");
        using var answer = await bench.Client.Send(request.Call, TestContext.Current.CancellationToken);
        Assert.StartsWith($"not the deployment that was asked for: {status}", request.Check(answer, false), StringComparison.Ordinal);
        Assert.Equal(0, bench.Ledger.Count);
    }

    [Fact]
    public async Task An_answer_that_never_comes_is_a_failure()
    {
        var bench = new StubApp(_ => throw new HttpRequestException("Connection refused.")).Bench();
        var request = Requests.List("publisher");
        using var answer = await bench.Client.Send(request.Call, TestContext.Current.CancellationToken);
        Assert.Equal("no page of a list: 0 Connection refused.", request.Check(answer, false));
    }

    [Theory]
    [InlineData("""{"deployments":[],"continuation_token":null}""", "the list is empty")]
    [InlineData("""{"deployments":[{"correlation_id":"a","created_at":"2026-01-01T00:00:00Z"},{"correlation_id":"b","created_at":"2026-01-01T00:01:00Z"}],"continuation_token":null}""", "the list is not in its order")]
    [InlineData("""{"deployments":[{"correlation_id":"a","created_at":"2026-01-01T00:00:00Z"},{"correlation_id":"a","created_at":"2026-01-01T00:00:00Z"}],"continuation_token":null}""", "a deployment is listed twice on one page")]
    [InlineData("""{"deployments":[{"correlation_id":"a","created_at":"2026-01-01T00:01:00Z"},{"correlation_id":"b","created_at":"2026-01-01T00:00:00Z"}],"continuation_token":null}""", null)]
    public async Task A_page_of_a_list_is_full_in_order_and_without_repeats(string body, string? problem)
    {
        var bench = new StubApp(_ => (200, body)).Bench();
        var request = Requests.List("publisher");
        using var answer = await bench.Client.Send(request.Call, TestContext.Current.CancellationToken);
        Assert.Equal(problem, request.Check(answer, false));
    }

    private async Task Finds(params string[] problems)
    {
        var verdict = await Check();
        Assert.Equal(problems.Order(StringComparer.Ordinal), verdict.Problems.Order(StringComparer.Ordinal));
        Assert.Equal((false, problems.Length), (verdict.Holds, verdict.Wrong));
    }

    private Task<StoreVerdict> Check() => StoreCheck.Run(_store.Bench(), DateTimeOffset.UnixEpoch, alone: true);
}
