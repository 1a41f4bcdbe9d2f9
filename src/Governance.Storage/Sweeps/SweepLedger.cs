using System.Text.Json;
using Azure;
using Governance.Storage.Streams;
using Governance.Storage.Tables;

namespace Governance.Storage.Sweeps;

/// <summary>One row a sweep: how far it has come, and a lease so that one process at a time is at it. The row's ETag fences: who lost the lease writes nothing.</summary>
/// <param name="table">Holds these rows alone.</param>
/// <param name="clock">For leases; processes whose clocks differ by more than a lease may both be at it, which is why whatever sweeps do is safe to repeat.</param>
public sealed class SweepLedger(TableClient table, TimeProvider clock)
{
    /// <summary>How long a lease lasts after its last renewal: what a killed process keeps others waiting.</summary>
    public static readonly TimeSpan LeaseTime = TimeSpan.FromMinutes(2);

    private const string Partition = "sweeps";

    /// <summary>One point read.</summary>
    /// <returns>Null for a sweep that has never run.</returns>
    public async Task<SweepProgress?> Find(string name, CancellationToken cancellation) =>
        Read(await table.GetEntityIfExistsAsync(Partition, name, cancellationToken: cancellation).ConfigureAwait(false));

    /// <summary>Takes the lease of a sweep: one read and one write.</summary>
    /// <param name="name">The sweep's function name.</param>
    /// <param name="holder">Who asks; no other run anywhere has the same text.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Null where somebody else is at it.</returns>
    public async Task<SweepLease?> Take(string name, string holder, CancellationToken cancellation)
    {
        var row = await table.GetEntityIfExistsAsync(Partition, name, cancellationToken: cancellation).ConfigureAwait(false);
        var progress = Read(row) ?? new();
        var now = clock.GetUtcNow();
        if (progress.HeldUntil > now)
        {
            return null;
        }

        var held = progress with { Holder = holder, HeldUntil = now + LeaseTime };
        return await Write(name, held, row?.ETag, cancellation).ConfigureAwait(false) is { } etag ? new(this, name, held, etag, clock) : null;
    }

    /// <returns>The new version; null where somebody else wrote first.</returns>
    internal async Task<ETag?> Write(string name, SweepProgress progress, ETag? etag, CancellationToken cancellation)
    {
        var row = new TableEntity(Partition, name);
        var payload = JsonSerializer.SerializeToUtf8Bytes(progress, SweepJson.Default.SweepProgress);
        BinaryChunks.Write(row, payload);
        var write = etag is { } known
            ? await table.UpdateEntityAsync(row, known, TableUpdateMode.Replace, cancellation).ConfigureAwait(false)
            : await table.AddEntityAsync(row, cancellation).ConfigureAwait(false);
        if (write is TableWrite.Committed committed)
        {
            return committed.ETags[0];
        }

        // After an unclear answer the conflict may be our own first success.
        return write is TableWrite.Lost { AfterRetry: true }
            && await table.GetEntityIfExistsAsync(Partition, name, cancellationToken: cancellation).ConfigureAwait(false) is { } stored
            && BinaryChunks.Read(stored).AsSpan().SequenceEqual(payload)
            ? stored.ETag
            : null;
    }

    private static SweepProgress? Read(TableEntity? row) =>
        row is null ? null : JsonSerializer.Deserialize(BinaryChunks.Read(row), SweepJson.Default.SweepProgress);
}

/// <summary>The right to go on with a sweep, until it is released, lost or not renewed in time. For one flow of control.</summary>
public sealed class SweepLease
{
    private readonly SweepLedger _ledger;
    private readonly string _name;
    private readonly TimeProvider _clock;
    private ETag? _etag;

    internal SweepLease(SweepLedger ledger, string name, SweepProgress progress, ETag etag, TimeProvider clock) =>
        (_ledger, _name, Progress, _etag, _clock) = (ledger, name, progress, etag, clock);

    /// <summary>How far the sweep has come, as this holder last wrote it.</summary>
    public SweepProgress Progress { get; private set; }

    /// <summary>Does a step and renews the lease while it goes on; then notes what it did. One write, and one more for each third of a lease that it takes.</summary>
    /// <param name="step">Gets the cursor; is cancelled where the lease is lost. What it does must be safe to repeat.</param>
    /// <param name="cancellation">Ends the step.</param>
    /// <returns>What the step did; null where the lease is lost and nothing was noted.</returns>
    public async Task<SweepStep?> Do(Func<string?, CancellationToken, Task<SweepStep>> step, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(step);
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Progress = Progress with { RoundStartedAt = Progress.RoundStartedAt ?? _clock.GetUtcNow() };
        var under = step(Progress.Cursor, lost.Token);
        while (!under.IsCompleted && !cancellation.IsCancellationRequested)
        {
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(lost.Token);
            await Task.WhenAny(under, Task.Delay(SweepLedger.LeaseTime / 3, _clock, enough.Token)).ConfigureAwait(false);
            await enough.CancelAsync().ConfigureAwait(false);
            if (!under.IsCompleted && !cancellation.IsCancellationRequested && !await Renewed(under, lost, cancellation).ConfigureAwait(false))
            {
                return null;
            }
        }

        var done = await under.ConfigureAwait(false);
        return await Keep(Progress.After(done, _clock.GetUtcNow()), cancellation).ConfigureAwait(false) ? done : null;
    }

    /// <summary>Gives the lease back. Where storage does not answer, it runs out by itself.</summary>
    public async Task Release(CancellationToken cancellation)
    {
        if (_etag is not { } etag)
        {
            return;
        }

        _etag = null;
        try
        {
            await _ledger.Write(_name, Progress with { Holder = null, HeldUntil = null }, etag, cancellation).ConfigureAwait(false);
        }
        catch (RequestFailedException)
        {
            // The run's own fault, if there was one, says more than this one; others wait until the lease is over.
        }
    }

    private async Task<bool> Renewed(Task under, CancellationTokenSource lost, CancellationToken cancellation)
    {
        var kept = false;
        try
        {
            return kept = await Keep(Progress, cancellation).ConfigureAwait(false);
        }
        finally
        {
            if (!kept)
            {
                await lost.CancelAsync().ConfigureAwait(false);
                await Stopped(under, cancellation).ConfigureAwait(false);
            }
        }
    }

    // Waits for a step that was told to stop, so that nothing of it goes on unseen.
    private static async Task Stopped(Task step, CancellationToken cancellation)
    {
        try
        {
            await step.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // As it was told.
        }
    }

    private async Task<bool> Keep(SweepProgress progress, CancellationToken cancellation)
    {
        if (_etag is null)
        {
            return false;
        }

        progress = progress with { HeldUntil = _clock.GetUtcNow() + SweepLedger.LeaseTime };
        _etag = await _ledger.Write(_name, progress, _etag, cancellation).ConfigureAwait(false);
        Progress = _etag is null ? Progress : progress;
        return _etag is not null;
    }
}
