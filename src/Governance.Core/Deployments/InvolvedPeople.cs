namespace Governance.Core.Deployments;

/// <summary>Whoever is involved in a deployment never decides on it (policy.md, "CAB").</summary>
public static class InvolvedPeople
{
    /// <summary>The submitter, the owners of its service principal, the pack's uploader and requester, and those who asked for the exceptions it relies on; sorted.</summary>
    public static EquatableArray<PersonId> Of(DeploymentState state)
    {
        var people = new SortedSet<PersonId>(Comparer<PersonId>.Create((a, b) => a.Value.CompareTo(b.Value)));
        Add(people, state.Request.Submitter.Id);
        foreach (var owner in state.Request.Owners)
        {
            people.Add(owner);
        }

        Add(people, state.Evidence?.StoredBy);
        Add(people, state.Evidence?.RequestedBy);
        foreach (var reliance in state.Reliances)
        {
            people.Add(reliance.RequestedBy);
        }

        return [.. people];
    }

    /// <summary>Whether a human is known to be behind the submission; where none is, the CAB decides with a quorum of two.</summary>
    public static bool HumanKnown(DeploymentRequest request, EvidenceLink? evidence) =>
        request.Submitter.Kind == Events.ActorKind.User || request.Owners.Count > 0 || evidence?.RequestedBy is not null;

    private static void Add(SortedSet<PersonId> people, PersonId? person)
    {
        if (person is { } known)
        {
            people.Add(known);
        }
    }
}
