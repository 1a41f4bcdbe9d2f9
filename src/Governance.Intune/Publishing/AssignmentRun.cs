using Governance.Core;
using Governance.Core.Rollout;
using Governance.Intune.Graph;
using Microsoft.Extensions.Logging;

namespace Governance.Intune.Publishing;

/// <summary>Gives an app exactly one set of assignments. The app is ours alone, so nothing of other people is merged.</summary>
internal sealed class AssignmentRun(AppCalls apps, ClaimHold claim, CallFor whose, ILogger log)
{
    /// <summary>Compares, and writes only what differs.</summary>
    /// <param name="app">The app, published.</param>
    /// <param name="required">Who must install it.</param>
    /// <param name="uninstall">Who must remove it.</param>
    /// <param name="cancellation">Ends it between two calls.</param>
    /// <returns>Whether something was written.</returns>
    public async Task<Step<Wrote>> Run(string app, AssignmentSet required, AssignmentSet uninstall, CancellationToken cancellation)
    {
        if (await claim.EnterAssigning(cancellation).ConfigureAwait(false) is { } lost)
        {
            return lost;
        }

        var present = await apps.Assignments(whose, app, cancellation).ConfigureAwait(false);
        if (present.Stop() is { } stop)
        {
            return stop;
        }

        var desired = AssignmentBody.Desired(required, uninstall);
        if (AssignmentBody.Read(present.Value!) == desired)
        {
            return new Wrote(false);
        }

        // The answer to the question may have been long in coming.
        if (await claim.SignOfLife(cancellation).ConfigureAwait(false) is { } overtaken)
        {
            return overtaken;
        }

        var assigned = await apps.Assign(whose, app, () => AssignmentBody.Write(desired), cancellation).ConfigureAwait(false);
        if (assigned.Stop() is { } refused)
        {
            return refused;
        }

        log.Assigned(app, whose.Correlation!.Value, required.Include.Count, required.Exclude.Count, uninstall.Include.Count);
        return new Wrote(true);
    }

    /// <summary>Whether something was written.</summary>
    internal sealed record Wrote(bool Changed);
}
