using Governance.Core;
using Governance.Core.Cab;
using Governance.Core.Deployments;
using Governance.Core.Events;
using Governance.Teams.Approvers;

namespace Governance.Functions.Cab;

/// <summary>Asks the directory, before a vote may settle a request, whether those who voted before are approvers still.</summary>
/// <param name="directory">Null where none is configured: then the roles of each voter's own token, at the time of the vote, are what counts.</param>
internal sealed class ApproverSeats(IApproverDirectory? directory)
{
    /// <summary>The earlier voters whose approval does not count any more.</summary>
    /// <returns>Null where the directory does not say: then nothing may settle.</returns>
    internal async ValueTask<EquatableArray<PersonId>?> Lost(DeploymentState state, Actor voter, Ballot ballot, CancellationToken cancellation)
    {
        // A rejection needs nobody else's vote.
        if (directory is null || ballot == Ballot.Reject || state.OpenCab is not { } cab)
        {
            return [];
        }

        var lost = new List<PersonId>();
        foreach (var earlier in cab.Votes.Where(vote => vote.Ballot == Ballot.Approve && vote.Voter != voter.Id))
        {
            switch (await directory.Find(earlier.Voter, cancellation))
            {
                case ApproverStanding.Unknown:
                    return null;
                case not ApproverStanding.Approver:
                    lost.Add(earlier.Voter);
                    break;
            }
        }

        return [.. lost];
    }
}
