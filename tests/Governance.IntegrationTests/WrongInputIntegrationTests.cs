using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Governance.Core;
using Governance.Local.Stack;
using Governance.Storage.Hosting;
using Governance.Storage.Tables;
using Governance.Testing.Web;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.IntegrationTests;

/// <summary>Wrong input on every route, made from the app's own description, so that a new route is asked as well.</summary>
public sealed class WrongInputIntegrationTests(World world) : IClassFixture<World>
{
    private static readonly string[] NoObject = ["{\"app_name\":", "[]", "\"text\"", "17", "null", "{} {}", "{\"a\":1,}", new string('[', 500), "{\"a\":\"\\ud800\""];

    [Fact]
    public async Task A_body_that_is_no_JSON_object_is_refused_and_nothing_is_stored()
    {
        var before = await Streams();
        foreach (var call in await Bodies())
        {
            foreach (var text in NoObject)
            {
                var answer = await Send(call, new StringContent(text, Encoding.UTF8, "application/json"));
                Assert.True((answer.Status, answer.Code) == (400, "INVALID_REQUEST"), $"{call} with {text[..Math.Min(20, text.Length)]}: {answer.Status} {answer.Code}");
                Assert.NotEmpty(answer.Body!["errors"]!.AsArray());
            }

            var broken = await Send(call, new ByteArrayContent([0x7B, 0x22, 0xFF, 0xFE, 0x22, 0x3A, 0x31, 0x7D]) { Headers = { ContentType = new("application/json") } });
            Assert.True(broken.Status == 400, $"{call} with bytes that are no UTF-8: {broken.Status}");
            var text2 = await Send(call, new StringContent("{}", Encoding.UTF8, "text/plain"));
            Assert.True((text2.Status, text2.Code) == (415, "UNSUPPORTED_MEDIA_TYPE"), $"{call} as text: {text2.Status}");
        }

        Assert.Equal(before, await Streams());
    }

    [Fact]
    public async Task A_field_of_the_wrong_type_is_named_and_nothing_is_stored()
    {
        var before = await Streams();
        foreach (var call in await Bodies())
        {
            foreach (var (name, example) in call.Example!)
            {
                foreach (var wrong in WrongInPlaceOf(example))
                {
                    var body = call.Example!.DeepClone().AsObject();
                    body[name] = wrong;
                    var answer = await Send(call, Json(body));
                    Assert.True((answer.Status, answer.Code) == (400, "INVALID_REQUEST"), $"{call} with {name} {wrong.ToJsonString()[..Math.Min(40, wrong.ToJsonString().Length)]}: {answer.Status} {answer.Code}");
                    Assert.Contains(answer.Body!["errors"]!.AsArray(), error => error!["field"]!.GetValue<string>().StartsWith(name, StringComparison.Ordinal));
                }
            }
        }

        Assert.Equal(before, await Streams());
    }

    [Fact]
    public async Task A_body_without_any_field_is_refused_with_each_field_that_is_missing()
    {
        var before = await Streams();
        foreach (var call in await Bodies())
        {
            var answer = await Send(call, Json([]));
            if (answer.Status == 404)
            {
                continue; // Nothing is required: comments on an exception may be left out.
            }

            Assert.True((answer.Status, answer.Code) == (400, "INVALID_REQUEST"), $"{call}: {answer.Status} {answer.Code}");
            Assert.NotEmpty(answer.Body!["errors"]!.AsArray());
            Assert.All(answer.Body!["errors"]!.AsArray(), error => Assert.Matches("^[a-z0-9_.]+$", error!["field"]!.GetValue<string>()));
        }

        Assert.Equal(before, await Streams());
    }

    [Fact]
    public async Task A_body_over_its_limit_is_refused_without_being_read_to_its_end()
    {
        foreach (var call in await Bodies())
        {
            var limit = call.Path.Contains("/evidence/store", StringComparison.Ordinal) || call.Path.Contains("/policy/", StringComparison.Ordinal) ? 16 << 20 : 1 << 20;
            var answer = await Send(call, new ByteArrayContent(Encoding.UTF8.GetBytes($"{{\"a\":\"{new string('x', limit)}\"}}")) { Headers = { ContentType = new("application/json") } });
            Assert.True((answer.Status, answer.Code) == (413, "BODY_TOO_LARGE"), $"{call}: {answer.Status} {answer.Code}");
        }
    }

    [Fact]
    public async Task Another_method_is_refused_with_those_that_are_allowed()
    {
        foreach (var path in (await world.DescribedApi()).Calls.GroupBy(call => call.Path))
        {
            foreach (var method in new[] { HttpMethod.Put, HttpMethod.Patch, HttpMethod.Delete })
            {
                using var request = new HttpRequestMessage(method, Address(path.Key, world.NextId().ToString()));
                var (status, code, headers) = await Plain(request);
                Assert.True((status, code) == (405, "METHOD_NOT_ALLOWED"), $"{method} {path.Key}: {status} {code}");
                Assert.All(path, call => Assert.Contains(call.Method.Method, headers.Allow));
            }
        }
    }

    [Fact]
    public async Task Ids_of_nobody_and_ids_that_are_none_are_not_found()
    {
        var before = await Streams();
        foreach (var call in (await world.DescribedApi()).Calls.Where(call => call.NeedsToken && call.Path.Contains("{id}", StringComparison.Ordinal)))
        {
            foreach (var id in new[] { world.NextId().ToString(), "1", "..%2F..%2Fhead", "%20", new string('a', 300), "{}" })
            {
                var answer = await Send(call, call.Example is { } example ? Json(example.DeepClone().AsObject()) : null, id);
                Assert.True(answer.Status is 404 or 422 && answer.Code is not null, $"{call} for {id}: {answer.Status} {answer.Code}");
            }
        }

        Assert.Equal(before, await Streams());
    }

    [Fact]
    public async Task Paging_takes_its_own_tokens_and_limits_alone()
    {
        foreach (var call in (await world.DescribedApi()).Calls.Where(call =>
            call.Operation["parameters"]?.AsArray().Any(parameter => parameter!["name"]?.GetValue<string>() == "continuation_token") == true))
        {
            foreach (var query in new[] { "limit=0", "limit=201", "limit=-1", "limit=ten", "limit=9999999999999", "continuation_token=abc", "continuation_token=%00", $"continuation_token={new string('A', 4000)}" })
            {
                var answer = await Send(call with { Path = call.Path + "?" + query }, null);
                Assert.True((answer.Status, answer.Code) == (400, "INVALID_REQUEST"), $"{call} with {query[..Math.Min(40, query.Length)]}: {answer.Status} {answer.Code}");
            }
        }
    }

    [Fact]
    public async Task A_token_that_is_not_ours_opens_nothing()
    {
        using var http = new HttpClient { BaseAddress = world.Stack.Address };
        foreach (var call in (await world.DescribedApi()).Calls.Where(call => call.NeedsToken))
        {
            foreach (var token in new[] { "x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJvaWQiOiJ4In0.", new string('z', 9000) })
            {
                using var request = new HttpRequestMessage(call.Method, Address(call.Path, world.NextId().ToString()));
                request.Headers.Authorization = new("Bearer", token);
                using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
                var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
                Assert.True(((int)answer.StatusCode, problem["code"]!.GetValue<string>()) == (401, "TOKEN_REFUSED"), $"{call}: {answer.StatusCode}");
            }
        }
    }

    private static IEnumerable<JsonNode> WrongInPlaceOf(JsonNode? example)
    {
        if (example is not JsonObject)
        {
            yield return new JsonObject { ["wrong"] = true };
        }

        if (example is not JsonArray)
        {
            yield return new JsonArray(1, 2);
        }

        if (example is not JsonValue || example.GetValueKind() is not (System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False))
        {
            yield return JsonValue.Create(true);
        }

        if (example is not JsonValue || example.GetValueKind() != System.Text.Json.JsonValueKind.Number)
        {
            yield return JsonValue.Create(-1.5);
        }

        if (example is JsonValue && example.GetValueKind() == System.Text.Json.JsonValueKind.String)
        {
            yield return JsonValue.Create(new string('x', 70_000));
        }
    }

    private static ByteArrayContent Json(JsonObject body) => new(Encoding.UTF8.GetBytes(body.ToJsonString())) { Headers = { ContentType = new("application/json") } };

    private static string Address(string path, string id) => path.Replace("{id}", id, StringComparison.Ordinal).Replace("{plane}", "INTUNE", StringComparison.Ordinal);

    private async Task<IEnumerable<DescribedCall>> Bodies() => (await world.DescribedApi()).Calls.Where(call => call.NeedsToken && call.Example is not null);

    private async Task<ApiAnswer> Send(DescribedCall call, HttpContent? content, string? id = null)
    {
        var everybody = await world.Everybody();
        var answer = await everybody.SendContent(call.Method, Address(call.Path, id ?? world.NextId().ToString()), content);
        Assert.True(answer.Status < 500, $"{call}: {answer.Status}");
        return answer;
    }

    private async Task<(int Status, string? Code, HttpContentHeaders Headers)> Plain(HttpRequestMessage request)
    {
        using var http = new HttpClient { BaseAddress = world.Stack.Address };
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))?["code"]?.GetValue<string>(), answer.Content.Headers);
    }

    /// <summary>Every row of the streams, and how many blobs there are.</summary>
    private async Task<string> Streams()
    {
        var layout = world.Stack.Services.GetRequiredService<StorageLayout>();
        var rows = new List<string>();
        foreach (var table in new[] { layout.Deployments, layout.Exceptions })
        {
            await foreach (var row in table.QueryAsync(filter: null, cancellationToken: TestContext.Current.CancellationToken))
            {
                rows.Add($"{table.Name} {row.PartitionKey} {row.RowKey}");
            }
        }

        var blobs = 0;
        foreach (var container in new[] { layout.Evidence, layout.Artifacts, layout.Incoming })
        {
            await foreach (var _ in container.GetBlobsAsync(cancellationToken: TestContext.Current.CancellationToken))
            {
                blobs++;
            }
        }

        return $"{string.Join('\n', rows.Order(StringComparer.Ordinal))}\n{blobs} blobs";
    }
}
