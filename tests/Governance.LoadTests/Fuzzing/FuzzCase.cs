using System.Text.Json.Nodes;

namespace Governance.LoadTests.Fuzzing;

/// <summary>One case: a request, and what may be expected of its answer beside what holds for all.</summary>
/// <param name="Generator">Who made it.</param>
/// <param name="Request">What is sent; null for a case that is read in this process.</param>
internal sealed record FuzzCase(string Generator, FuzzRequest? Request)
{
    /// <summary>Its number in the run.</summary>
    internal int Number { get; init; }

    /// <summary>May be no HTTP any more: the web server itself may refuse it, without a body, or end the connection.</summary>
    internal bool MayBreakHttp { get; init; }

    /// <summary>A success would be a hole, whatever else is in it.</summary>
    internal bool MustRefuse { get; init; }

    /// <summary>May take longer than others, for it keeps the app waiting on purpose.</summary>
    internal bool Slow { get; init; }

    /// <summary>What has to be there before it; damaged as well, where the case is about that.</summary>
    internal Func<FuzzWorld, Task>? Before { get; init; }

    /// <summary>Reads something in this process; says how long that took, and what is wrong with how it went.</summary>
    internal Func<Task<(string? Wrong, TimeSpan Took)>>? InProcess { get; init; }

    /// <summary>In the form in which it is kept and sent again.</summary>
    internal JsonObject Stored()
    {
        var stored = Request?.Stored() ?? [];
        stored["generator"] = Generator;
        stored["may_break_http"] = MayBreakHttp;
        stored["must_refuse"] = MustRefuse;
        return stored;
    }

    /// <summary>Reads what <see cref="Stored"/> made.</summary>
    internal static FuzzCase Read(JsonObject stored) => new(stored["generator"]?.GetValue<string>() ?? "replayed", FuzzRequest.Read(stored))
    {
        MayBreakHttp = stored["may_break_http"]?.GetValue<bool>() ?? false,
        MustRefuse = stored["must_refuse"]?.GetValue<bool>() ?? false,
    };
}

/// <summary>Makes cases of one kind.</summary>
internal interface IGenerator
{
    /// <summary>Short, for the summary.</summary>
    string Name { get; }

    /// <summary>How many of all cases are of this kind, as a share.</summary>
    int Weight { get; }

    /// <summary>Makes the case that the dice give.</summary>
    FuzzCase Make(FuzzWorld world, Dice dice);
}
