using System.Text.Json.Nodes;

namespace Governance.HostContract.Tests.Player;

/// <summary>What the Functions host makes of an answer.</summary>
internal enum Made
{
    /// <summary>It can be read; the body says the rest.</summary>
    Reply,

    /// <summary>A status that is no success: the body is ignored.</summary>
    Refusal,

    /// <summary>A success of the wrong media type, or no JSON object.</summary>
    Nonsense,

    /// <summary>A success without a body, or <c>null</c>: the host would wait until the function's time is over, and then kill the process.</summary>
    Silence,

    /// <summary>Nobody listens, or the connection broke.</summary>
    Crash,
}

/// <summary>An invocation's outcome.</summary>
/// <param name="Made">What the host makes of it.</param>
/// <param name="Detail">Status or reason.</param>
/// <param name="Body">For <see cref="Made.Reply"/>.</param>
internal sealed record Outcome(Made Made, string Detail, JsonObject? Body)
{
    internal bool Succeeded => Made == Made.Reply;

    internal string? ReturnValue => Body?[nameof(ReturnValue)] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    internal IReadOnlyList<string> Logs => [.. (Body?[nameof(Logs)]?.AsArray() ?? []).Select(line => line!.GetValue<string>())];
}
