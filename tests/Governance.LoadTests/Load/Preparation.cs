using System.Collections.Immutable;
using System.Diagnostics;

namespace Governance.LoadTests.Load;

/// <summary>Makes what has to be there before anything is measured.</summary>
internal static class Preparation
{
    /// <summary>How long what is submitted may take to come to its status.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private const int AtOnce = 48;

    /// <summary>Submits intents and waits until the list shows all of them in their status.</summary>
    /// <param name="bench">Where they are taken down.</param>
    /// <param name="wanted">Each with its submitter's token.</param>
    /// <param name="comesTo">The status that they come to by themselves.</param>
    /// <param name="patience">How long that may take after the last was submitted.</param>
    /// <returns>Their ids, in the order in which they were given.</returns>
    /// <exception cref="LoadException">One was refused for good, or they take too long.</exception>
    internal static async Task<ImmutableArray<Guid>> Submit(LoadBench bench, IReadOnlyList<(Intent Intent, string Token)> wanted, string comesTo, TimeSpan patience)
    {
        var ids = new Guid[wanted.Count];
        await Parallel.ForAsync(0, wanted.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, cancellation) =>
        {
            ids[number] = bench.NextId();
            var (intent, token) = wanted[number];
            await Served(bench.Client, new(HttpMethod.Post, token, Requests.Base + "deployments", intent.With(ids[number])), cancellation);
            bench.Ledger.Created(ids[number], intent.App, comesTo);
        });
        await UntilListed(bench, [.. ids], comesTo, patience);
        return [.. ids];
    }

    /// <summary>Asks until it is answered with a success.</summary>
    /// <returns>The status that the answer names; null for none.</returns>
    /// <exception cref="LoadException">It was refused for good, or turned away for a minute.</exception>
    internal static async Task<string?> Served(LoadClient client, Call call, CancellationToken cancellation)
    {
        for (var since = Stopwatch.GetTimestamp(); ;)
        {
            using var answer = await client.Send(call, cancellation);
            if (answer.Status is 200 or 201)
            {
                return Requests.Text(answer, "status");
            }

            if (!answer.IsRefusal || Stopwatch.GetElapsedTime(since) > TimeSpan.FromMinutes(1))
            {
                throw new LoadException($"{call.Method} {call.Path} while preparing: {answer.Describe()}");
            }

            await Task.Delay(answer.RetryAfter!.Value, cancellation);
        }
    }

    private static async Task UntilListed(LoadBench bench, HashSet<Guid> ids, string status, TimeSpan patience)
    {
        for (var since = Stopwatch.GetTimestamp(); ;)
        {
            var listed = await Verify.Lists.Deployments(bench.Client, bench.People.Publisher(0), CancellationToken.None);
            var missing = ids.Count(id => !listed.Rows.TryGetValue(id, out var row) || row != status);
            if (missing == 0)
            {
                return;
            }

            if (Stopwatch.GetElapsedTime(since) > patience)
            {
                throw new LoadException($"{missing} of {ids.Count} deployments that were prepared did not come to {status} within {patience.TotalSeconds:0} s.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(250));
        }
    }
}
