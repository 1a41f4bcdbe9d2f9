using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Governance.LoadTests.Load;

/// <summary>What came back, read to its end. Disposed by whoever asked.</summary>
/// <param name="Status">The HTTP status; 0 where there was no answer.</param>
/// <param name="Body">The JSON; null where there was none.</param>
/// <param name="RetryAfter">What a call that was turned away is told to wait.</param>
/// <param name="Trips">What the answer cost the app in storage operations, where it says so.</param>
/// <param name="Fault">Why there is no readable answer; null where there is one.</param>
internal sealed record Answer(int Status, JsonDocument? Body, TimeSpan? RetryAfter, Trips? Trips, string? Fault) : IDisposable
{
    private const int LongestProblem = 300;

    /// <summary>Turned away openly: come again.</summary>
    internal bool IsRefusal => Status == 503 && RetryAfter is not null;

    /// <summary>The body's members.</summary>
    /// <exception cref="InvalidOperationException">There is no body, or it is no object.</exception>
    internal JsonElement Json => Body is { RootElement: { ValueKind: JsonValueKind.Object } root } ? root : throw new InvalidOperationException("The answer is no JSON object.");

    public void Dispose() => Body?.Dispose();

    /// <summary>Status and problem in a line.</summary>
    internal string Describe()
    {
        var text = Fault ?? Body?.RootElement.GetRawText() ?? "no body";
        return $"{Status} {(text.Length > LongestProblem ? text[..LongestProblem] + "…" : text)}";
    }

    /// <summary>Reads an answer to its end.</summary>
    internal static async Task<Answer> Of(HttpResponseMessage message, CancellationToken cancellation)
    {
        var bytes = await message.Content.ReadAsByteArrayAsync(cancellation);
        var wait = message.Headers.RetryAfter?.Delta;
        try
        {
            return new((int)message.StatusCode, bytes.Length == 0 ? null : JsonDocument.Parse(bytes), wait, Load.Trips.In(message.Headers), null);
        }
        catch (JsonException unreadable)
        {
            return new((int)message.StatusCode, null, wait, null, $"The answer is no JSON: {unreadable.Message}");
        }
    }
}

/// <summary>Storage operations behind one answer.</summary>
internal readonly record struct Trips(int Reads, int Queries, int Writes)
{
    /// <summary>As the app says it where sign-in is in development mode: <c>Server-Timing: reads;desc=1, queries;desc=0, writes;desc=1</c>.</summary>
    internal static Trips? In(HttpResponseHeaders headers)
    {
        if (!headers.TryGetValues("Server-Timing", out var values))
        {
            return null;
        }

        var found = string.Join(',', values).Split(',', StringSplitOptions.TrimEntries)
            .Select(part => part.Split(";desc=")).Where(part => part.Length == 2)
            .ToDictionary(part => part[0], part => int.Parse(part[1].Trim('"'), CultureInfo.InvariantCulture));
        return new(found.GetValueOrDefault("reads"), found.GetValueOrDefault("queries"), found.GetValueOrDefault("writes"));
    }
}
