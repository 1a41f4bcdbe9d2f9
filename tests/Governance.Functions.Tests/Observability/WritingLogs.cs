using System.Diagnostics;
using System.Text.Json;
using Governance.Functions.Observability;
using Governance.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Governance.Functions.Tests.Observability;

public sealed class WritingLogs
{
    [Fact]
    public void A_line_is_one_flat_object_with_the_correlation_id()
    {
        using var activity = new Activity("test").Start();
        var scopes = new LoggerExternalScopeProvider();
        using var outer = scopes.Push("another scope");
        using var scope = scopes.Push(new CorrelationScope("run-17"));
        KeyValuePair<string, object?>[] state = [new("RingName", "LAB"), new("Count", 3), new("None", null), new("{OriginalFormat}", "x")];
        var line = Write(
            new LogEntry<KeyValuePair<string, object?>[]>(
                LogLevel.Warning, "Governance.Test", new EventId(17), state, new InvalidOperationException("broken"), (_, _) => "It \"broke\"\nhere."),
            scopes);

        Assert.Equal("2026-03-03T12:00:00Z", line.GetProperty("timestamp").GetString());
        Assert.Equal("Warning", line.GetProperty("level").GetString());
        Assert.Equal("Governance.Test", line.GetProperty("category").GetString());
        Assert.Equal(17, line.GetProperty("event_id").GetInt32());
        Assert.Equal("It \"broke\"\nhere.", line.GetProperty("message").GetString());
        Assert.Contains("broken", line.GetProperty("exception").GetString(), StringComparison.Ordinal);
        Assert.Equal("run-17", line.GetProperty("correlation_id").GetString());
        Assert.Equal(activity.TraceId.ToHexString(), line.GetProperty("trace_id").GetString());
        Assert.Equal("LAB", line.GetProperty("value_ring_name").GetString());
        Assert.Equal("3", line.GetProperty("value_count").GetString());
        Assert.False(line.TryGetProperty("value_{OriginalFormat}", out _));
    }

    [Fact]
    public void A_line_outside_a_request_has_no_correlation_id()
    {
        var line = Write(new LogEntry<string>(LogLevel.Information, "c", default, "text", null, (state, _) => state), null);
        Assert.Equal("text", line.GetProperty("message").GetString());
        Assert.False(line.TryGetProperty("correlation_id", out _));
    }

    [Fact]
    public void A_scope_is_a_list_of_its_one_member()
    {
        var scope = new CorrelationScope("run-17");
        Assert.Equal(KeyValuePair.Create<string, object?>("correlation_id", "run-17"), Assert.Single(scope));
        Assert.Equal("correlation_id:run-17", scope.ToString());
        Assert.Throws<ArgumentOutOfRangeException>(() => scope[1]);
    }

    private static JsonElement Write<T>(LogEntry<T> entry, IExternalScopeProvider? scopes)
    {
        using var text = new StringWriter();
        new JsonLogFormatter(new FakeClock()).Write(entry, scopes, text);
        Assert.Single(text.ToString().TrimEnd().Split('\n'));
        return JsonDocument.Parse(text.ToString()).RootElement;
    }
}
