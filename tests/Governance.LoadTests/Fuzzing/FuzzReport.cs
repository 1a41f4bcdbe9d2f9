using System.Collections.Concurrent;
using System.Globalization;

namespace Governance.LoadTests.Fuzzing;

/// <summary>One thing that must not have happened.</summary>
/// <param name="Case">The case's number; null where a batch as a whole showed it.</param>
/// <param name="Generator">Who made it.</param>
/// <param name="What">What is wrong.</param>
/// <param name="Request">The request, to be sent again; null where there was none.</param>
/// <param name="Answer">What came back, cut down.</param>
internal sealed record FuzzFailure(int? Case, string Generator, string What, string? Request, string? Answer);

/// <summary>What came of a run so far.</summary>
/// <param name="seed">The run's.</param>
internal sealed class FuzzReport(int seed)
{
    /// <summary>In place of a status: read in this process, and taken or refused with a named defect.</summary>
    internal const int ReadHere = 1;

    private const int Shown = 40;

    private readonly ConcurrentDictionary<(string Generator, int Status), int> _counts = new();
    private readonly ConcurrentQueue<FuzzFailure> _failures = new();
    private readonly List<(int Cases, long Managed, long Resident)> _memory = [];
    private readonly Lock _gate = new();
    private (TimeSpan Took, int Case, string Generator) _slowest;

    internal IReadOnlyCollection<FuzzFailure> Failures => _failures;

    internal int Cases => _counts.Values.Sum();

    /// <summary>Answers that were no refusals.</summary>
    internal int Taken => _counts.Where(count => count.Key.Status is >= 200 and < 400).Sum(count => count.Value);

    /// <summary>Statuses with how often each came, by generator.</summary>
    internal ILookup<string, (int Status, int Times)> Statuses =>
        _counts.OrderBy(count => count.Key.Status).ToLookup(count => count.Key.Generator, count => (count.Key.Status, count.Value));

    internal void Answered(FuzzCase asked, int status, TimeSpan took)
    {
        _counts.AddOrUpdate((asked.Generator, status), 1, (_, times) => times + 1);
        lock (_gate)
        {
            if (!asked.Slow && took > _slowest.Took)
            {
                _slowest = (took, asked.Number, asked.Generator);
            }
        }
    }

    internal void Failed(FuzzFailure failure) => _failures.Enqueue(failure);

    /// <summary>Notes how much memory is in use now, after a full collection.</summary>
    internal void Measure()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        _memory.Add((Cases, GC.GetTotalMemory(forceFullCollection: true), process.WorkingSet64));
    }

    /// <summary>How much more managed memory is in use at the end than after the first batch; bytes.</summary>
    internal long Growth => _memory.Count < 2 ? 0 : _memory[^1].Managed - _memory[0].Managed;

    /// <summary>Managed memory in use when it was last looked at; bytes.</summary>
    internal long Managed => _memory[^1].Managed;

    internal void Print(TextWriter to)
    {
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Cases} cases, seed {seed}, {_failures.Count} failures"));
        to.WriteLine("| generator | cases | taken | refused | ended without an answer | by status |");
        to.WriteLine("|---|---|---|---|---|---|");
        foreach (var generator in Statuses.OrderBy(each => each.Key, StringComparer.Ordinal))
        {
            int Times(Func<int, bool> of) => generator.Where(each => of(each.Status)).Sum(each => each.Times);
            to.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {generator.Key} | {Times(_ => true)} | {Times(status => status is >= 200 and < 400)} | {Times(status => status >= 400)} | {Times(status => status == 0)} | {string.Join(", ", generator.Select(each => $"{(each.Status == ReadHere ? "read here" : each.Status == 0 ? "none" : each.Status)}: {each.Times}"))} |"));
        }

        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"slowest: {_slowest.Took.TotalMilliseconds:0} ms, case {_slowest.Case} of {_slowest.Generator}"));
        foreach (var (cases, managed, resident) in _memory.Count > 6 ? [.. _memory.Take(3), .. _memory.TakeLast(3)] : _memory)
        {
            to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"memory after {cases} cases: {managed / 1048576.0:0.0} MiB managed, {resident / 1048576.0:0} MiB resident"));
        }

        foreach (var failure in _failures.Take(Shown))
        {
            to.WriteLine();
            to.WriteLine($"FAILURE: {failure.Generator}, seed {seed}, case {failure.Case}: {failure.What}");
            to.WriteLine($"  request {failure.Request}");
            to.WriteLine($"  answer  {failure.Answer}");
        }
    }

}
