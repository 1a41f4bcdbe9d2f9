using System.Collections.Immutable;
using System.Globalization;

namespace Governance.LoadTests.Load;

/// <summary>What a run is asked to do.</summary>
internal sealed record LoadOptions
{
    /// <summary>How it is called.</summary>
    internal const string Use = "all|1|2|3|4 [--seconds N] [--full] [--warm-up N] [--users N] [--seed N] [--report FOLDER] [--url URL [--publisher-token T --approver-token T]]";

    internal const string PublisherVariable = "GOVERNANCE_PUBLISHER_TOKEN";

    internal const string ApproverVariable = "GOVERNANCE_APPROVER_TOKEN";

    private const int FullSeconds = 300;

    /// <summary>Which scenarios, 1 to 4.</summary>
    internal required ImmutableArray<int> Scenarios { get; init; }

    /// <summary>How long is measured.</summary>
    internal TimeSpan Time { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>For how long users are at it before.</summary>
    internal TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>In place of the scenario's own number of users; null for that.</summary>
    internal int? Users { get; init; }

    /// <summary>Of all that is drawn.</summary>
    internal int Seed { get; init; } = 1;

    /// <summary>Where reports are written; null for nowhere.</summary>
    internal string? Report { get; init; }

    /// <summary>The app; null starts one with everything it needs.</summary>
    internal Uri? Url { get; init; }

    /// <summary>A token that may publish; null where the app gives development tokens.</summary>
    internal string? PublisherToken { get; init; }

    /// <summary>Another person's token, who may approve.</summary>
    internal string? ApproverToken { get; init; }

    /// <summary>Prepares just enough for a short run.</summary>
    internal bool Small { get; init; }

    /// <summary>The smoke of CI: scenario 1 for ten seconds.</summary>
    internal static LoadOptions Smoke => new() { Scenarios = [1], Time = TimeSpan.FromSeconds(10), WarmUp = TimeSpan.FromSeconds(2), Small = true };

    /// <summary>Reads the arguments.</summary>
    /// <returns>The options, or what is wrong with them.</returns>
    internal static (LoadOptions? Options, string? Wrong) Parse(string[] arguments, Func<string, string?> environment)
    {
        if (arguments is not [var which, .. var rest] || Which(which) is not { } scenarios)
        {
            return (null, $"'{arguments.FirstOrDefault()}' is no scenario.");
        }

        var options = new LoadOptions { Scenarios = scenarios, PublisherToken = environment(PublisherVariable), ApproverToken = environment(ApproverVariable) };
        for (var at = 0; at < rest.Length; at++)
        {
            var (name, value) = (rest[at], rest.ElementAtOrDefault(at + 1));
            var read = name == "--full" ? options with { Time = TimeSpan.FromSeconds(FullSeconds) } : value is null ? null : options.With(name, value);
            if (read is null)
            {
                return (null, $"'{string.Join(' ', rest.Skip(at).Take(2))}' cannot be read.");
            }

            options = read;
            at += name == "--full" ? 0 : 1;
        }

        return options.Url is not null && (options.PublisherToken is null) != (options.ApproverToken is null)
            ? (null, "Give both tokens, of two different people.")
            : (options, null);
    }

    private static ImmutableArray<int>? Which(string which) => which switch
    {
        "all" => [1, 2, 3, 4],
        "1" or "2" or "3" or "4" => [which[0] - '0'],
        _ => null,
    };

    private LoadOptions? With(string name, string value) => name switch
    {
        "--seconds" when Number(value) is >= 1 and <= 86_400 and var seconds => this with { Time = TimeSpan.FromSeconds(seconds) },
        "--warm-up" when Number(value) is >= 0 and <= 3_600 and var seconds => this with { WarmUp = TimeSpan.FromSeconds(seconds) },
        "--users" when Number(value) is >= 1 and <= 10_000 and var users => this with { Users = users },
        "--seed" when Number(value) is { } seed => this with { Seed = seed },
        "--report" => this with { Report = value },
        "--url" when Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" => this with { Url = url },
        "--publisher-token" => this with { PublisherToken = value },
        "--approver-token" => this with { ApproverToken = value },
        _ => null,
    };

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
