using System.Collections.Concurrent;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Governance.LoadTests.Fuzzing.Generators;

namespace Governance.LoadTests.Fuzzing;

/// <summary>Runs cases against a world in batches, checks each answer, and after each batch what was stored.</summary>
/// <param name="world">Runs already.</param>
/// <param name="seed">With a case's number it gives the case.</param>
/// <param name="longest">No answer may take longer.</param>
internal sealed partial class FuzzSession(FuzzWorld world, int seed, TimeSpan longest)
{
    /// <summary>Cases that are aimed at the same things; storage is read before and after.</summary>
    internal const int BatchSize = 1000;

    // Below the app's own limits, the smallest of which is 8 for evidence: here 503 is a failure too.
    private const int AtOnce = 6;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly AnswerCheck _check = new(world.Api, longest);
    private readonly ConcurrentBag<Accepted> _accepted = [];
    private StoredState? _stored;

    internal FuzzReport Report { get; } = new(seed);

    /// <summary>Runs cases, from one number on.</summary>
    /// <param name="from">The first.</param>
    /// <param name="count">How many.</param>
    /// <param name="on">Asked before each batch whether to go on.</param>
    internal async Task Run(int from, int count, Func<bool>? on = null)
    {
        for (var (next, end) = (from, from + count); next < end && (on?.Invoke() ?? true);)
        {
            var batch = next / BatchSize;
            var last = Math.Min(end, (batch + 1) * BatchSize);
            await Batch(batch, next, last);
            Report.Measure();
            next = last;
        }
    }

    /// <summary>Sends one request that was stored, and checks it as any other.</summary>
    internal async Task Replay(FuzzCase stored)
    {
        await world.Prepare(seed, 0);
        await Try(stored);
        Logged();
    }

    /// <summary>The case of a number.</summary>
    internal FuzzCase Make(int number)
    {
        var dice = new Dice(seed, number);
        return Generation.Pick(dice).Make(world, dice) with { Number = number };
    }

    private async Task Batch(int batch, int from, int to)
    {
        await world.Prepare(seed, batch);
        var before = _stored ?? await StoredState.Read(world.Storage);
        await Parallel.ForEachAsync(Enumerable.Range(from, to - from), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, _) => await Try(number));
        var after = await StoredState.Read(world.Storage);
        _stored = after;
        var ids = _accepted.SelectMany(each => each.Ids).Concat(world.Prepared).Concat(world.Pool.Ids).ToHashSet(StringComparer.Ordinal);
        foreach (var unexplained in after.Unexplained(before, ids))
        {
            Report.Failed(new(null, $"batch {batch}", unexplained, null, null));
        }

        foreach (var accepted in _accepted.Where(each => each.Created is not null))
        {
            await Look(accepted);
        }

        _accepted.Clear();
        world.Prepared.Clear();
        Logged();
    }

    // A case that cannot be made or prepared is a failure with a number as well: the run goes on.
    private async Task Try(int number)
    {
        try
        {
            await Try(Make(number));
        }
        catch (Exception unforeseen)
        {
            Report.Failed(new(number, "case", $"it could not be carried out: {unforeseen}", null, null));
        }
    }

    private async Task Try(FuzzCase asked)
    {
        if (asked.Before is { } before)
        {
            await before(world);
        }

        if (asked.InProcess is { } read)
        {
            var (wrong, took) = await read();
            Report.Answered(asked, wrong is null ? FuzzReport.ReadHere : 500, took);
            if (wrong is not null || took > longest)
            {
                Report.Failed(new(asked.Number, asked.Generator, wrong ?? $"reading took {took}", null, null));
            }
        }

        if (asked.Request is { } request)
        {
            await Send(asked, world.Resolve(request));
        }
    }

    private async Task Send(FuzzCase asked, FuzzRequest sent)
    {
        var bytes = sent.Bytes(world.Address.Authority);
        var answer = await RawHttp.Send(
            world.Address, bytes.AsMemory(0, Math.Min(sent.CutAt ?? bytes.Length, bytes.Length)), sent.Piece, end: sent.CutAt is not null, sent.Method.Equals("HEAD", StringComparison.Ordinal), Patience);
        Report.Answered(asked, answer.Status, answer.Took);
        if (answer.Status is < 400 && sent.Method != "GET")
        {
            _accepted.Add(Accepted.Of(sent, answer, asked));
        }

        foreach (var fault in _check.Faults(asked, sent, answer))
        {
            var text = answer.Text;
            Report.Failed(new(asked.Number, asked.Generator, fault, Text(asked), $"{answer.Status} {text[..Math.Min(text.Length, 1000)]}"));
        }
    }

    // What was taken has to be there, whole, and its chain has to hold.
    private async Task Look(Accepted accepted)
    {
        foreach (var path in accepted.Created!)
        {
            var answer = await world.Publisher.Get(path);
            if (answer.Status != 200 || (path.Contains("/verify/", StringComparison.Ordinal) && answer.Body?["valid"]?.GetValue<bool>() != true))
            {
                Report.Failed(new(accepted.Case.Number, accepted.Case.Generator, $"it was taken, and {path} answers {answer.Status} {answer.Body?.ToJsonString()}", Text(accepted.Case), null));
            }
        }
    }

    private void Logged()
    {
        foreach (var logged in world.Log.Take())
        {
            Report.Failed(new(null, "log", $"the app logged an error: {logged}", null, null));
        }
    }

    private static string Text(FuzzCase asked) => asked.Stored().ToJsonString(Readable);

    private sealed partial record Accepted(FuzzCase Case, IReadOnlyList<string> Ids, IReadOnlyList<string>? Created)
    {
        internal static Accepted Of(FuzzRequest sent, Answer answer, FuzzCase asked) => new(
            asked,
            [.. Uuid().Matches($"{sent.Target} {(sent.Body is null ? string.Empty : Encoding.Latin1.GetString(sent.Body))} {answer.Text}").Select(id => id.Value.ToLowerInvariant())],
            answer.Status == 201 ? [.. Paths(sent.Target, answer)] : null);

        private static IEnumerable<string> Paths(string target, Answer answer)
        {
            var body = JsonNode.Parse(answer.Body);
            if (body?["evidence_pack_id"] is { } pack && target.Contains("/evidence/", StringComparison.OrdinalIgnoreCase))
            {
                yield return $"evidence/{pack}";
            }
            else if (body?["correlation_id"] is { } deployment)
            {
                yield return $"deployments/{deployment}";
                yield return $"deployments/{deployment}/events?limit=200";
                yield return $"events/verify/{deployment}";
            }
            else if (body?["id"] is { } exception)
            {
                yield return $"cab/exceptions/{exception}";
            }
        }
    }

    [GeneratedRegex("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")]
    private static partial Regex Uuid();
}
