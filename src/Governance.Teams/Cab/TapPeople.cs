using Governance.Core;
using Governance.Teams.Approvers;
using Governance.Teams.Connector;

namespace Governance.Teams.Cab;

/// <summary>Finds the approver behind a pressed button: the object id that the activity claims, confirmed by the conversation's roster and by the directory.</summary>
internal sealed class TapPeople(Roster roster, IApproverDirectory directory)
{
    /// <returns>The person, or why they may not decide.</returns>
    internal async Task<(PersonId? Person, TapRefusal? Refused)> Find(TeamsActivity activity, CancellationToken cancellation)
    {
        if (activity.FromAgent)
        {
            return (null, new("HUMAN_REQUIRED", "A decision is made by a person, not by an application or agent."));
        }

        if (activity.FromId is not { } from || !PersonId.TryParse(activity.FromObjectId, null, out var person))
        {
            return (null, new("PERSON_UNKNOWN", "Teams does not say who you are; guests and anonymous people cannot decide."));
        }

        // Both are asked at once: each takes one round trip where it is not remembered.
        var standing = directory.Find(person, cancellation).AsTask();
        var member = await roster.Find(new Uri(activity.ServiceUrl!), activity.ConversationId!, from, cancellation).ConfigureAwait(false);
        var refused = member switch
        {
            null => new TapRefusal("ROSTER_SILENT", "Teams did not confirm who you are; nothing was recorded. Try again, or use the review page."),
            { OfTenant: false } => new("OTHER_TENANT", "Only people of the organisation decide; your account belongs to another one."),
            { Guest: true } => new("GUEST_REFUSED", "Guests cannot decide."),
            _ when member.Person != person => new("PERSON_MISMATCH", "Teams says two different things about who you are; nothing was recorded."),
            _ => Judge(await standing.ConfigureAwait(false)),
        };
        return refused is null ? (person, null) : (null, refused);
    }

    private static TapRefusal? Judge(ApproverStanding standing) => standing switch
    {
        ApproverStanding.Approver => null,
        ApproverStanding.Guest => new("GUEST_REFUSED", "Guests cannot decide."),
        ApproverStanding.Disabled => new("ACCOUNT_DISABLED", "Your account is disabled."),
        ApproverStanding.NotApprover => new("ROLE_MISSING", "You do not have the role CabApprover, so you cannot decide."),
        _ => new("DIRECTORY_SILENT", "Your role could not be checked; nothing was recorded. Try again, or use the review page."),
    };
}

/// <summary>Why a person may not decide.</summary>
/// <param name="Code">For the log.</param>
/// <param name="Sentence">For the person.</param>
internal sealed record TapRefusal(string Code, string Sentence);
