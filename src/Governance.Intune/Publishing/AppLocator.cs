using System.Globalization;
using Governance.Core;
using Governance.Core.Rollout;
using Governance.Intune.Graph;
using Microsoft.Graph.Models;

namespace Governance.Intune.Publishing;

/// <summary>Finds the app of one deployment: by the id that the claim knows, else by our marker in its notes.</summary>
internal sealed class AppLocator(AppCalls apps, GraphCaller caller, CallFor whose, CorrelationId id)
{
    /// <summary>Looks by id and by marker.</summary>
    /// <param name="known">The id from the claim.</param>
    /// <param name="displayName">For the look at names, where Graph does not look into notes.</param>
    /// <param name="patient">Whether a known id that is missing may only not show yet.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>A null value when there is none.</returns>
    public async Task<Step<Win32LobApp>> Locate(string? known, string displayName, bool patient, CancellationToken cancellation)
    {
        if (known is not null)
        {
            var reply = await apps.Get(whose, known, patient, cancellation).ConfigureAwait(false);
            if (!reply.IsMissing)
            {
                return Own(reply);
            }
        }

        return await ByMarker(displayName, cancellation).ConfigureAwait(false);
    }

    /// <summary>Looks by marker.</summary>
    /// <returns>A null value when there is none.</returns>
    public async Task<Step<Win32LobApp>> ByMarker(string displayName, CancellationToken cancellation)
    {
        var found = await apps.FindMarked(whose, id, displayName, cancellation).ConfigureAwait(false);
        return found.Stop() is { } stop ? stop
            : found.Value is not [{ Id: { } app }, ..] ? default(Step<Win32LobApp>)
            : found.Value.Count > 1 ? Ambiguous(found.Value)
            : Own(await apps.Get(whose, app, propagates: true, cancellation).ConfigureAwait(false));
    }

    /// <summary>Looks again for some time after an earlier attempt that may have made an app nobody could note.</summary>
    /// <returns>A null value when none has shown by then.</returns>
    public async Task<Step<Win32LobApp>> AfterEarlierAttempt(DateTimeOffset at, string displayName, ClaimHold claim, CancellationToken cancellation)
    {
        var settled = at + (caller.Pacing.LookAgain * caller.Pacing.Looks);
        while (caller.Clock.GetUtcNow() < settled)
        {
            await caller.Pause(caller.Pacing.LookAgain, cancellation).ConfigureAwait(false);
            if (await claim.SignOfLife(cancellation).ConfigureAwait(false) is { } lost)
            {
                return lost;
            }

            var found = await ByMarker(displayName, cancellation).ConfigureAwait(false);
            if (found.Stop is not null || found.Value is not null)
            {
                return found;
            }
        }

        return default;
    }

    private Step<Win32LobApp> Own(GraphReply<Win32LobApp> reply)
    {
        if (reply.Stop() is { } stop)
        {
            return stop;
        }

        if (reply.Value is not { Id: not null } app)
        {
            return Stop.Permanent("APP_FOREIGN", "The app that the claim names is no Windows app.");
        }

        return NotesMarker.Find(app.Notes) is { } marker && marker.CorrelationId != id
            ? Stop.Permanent("APP_FOREIGN", $"App {app.Id} carries the mark of deployment {marker.CorrelationId}.")
            : app;
    }

    private Stop Ambiguous(List<MobileApp> found) => Stop.Permanent(
        "APP_AMBIGUOUS",
        string.Create(CultureInfo.InvariantCulture, $"{found.Count} apps carry the mark of {id}: {string.Join(", ", found.Select(a => a.Id))}. None is touched."));
}
