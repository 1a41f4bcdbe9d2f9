using System.Text.Json;
using Governance.Core;
using Governance.Core.Deployments;
using Governance.Core.Rollout;
using Governance.Storage.Streams;

namespace Governance.LoadTests.Faults.Checking;

/// <summary>An app as the tenant has it.</summary>
internal sealed record TenantApp(string Id, string Notes, IReadOnlyList<TenantAssignment> Assignments)
{
    /// <summary>Reads what the simulated tenant's <c>/_sim/apps</c> says.</summary>
    internal static async Task<IReadOnlyList<TenantApp>> Read(Uri tenant, CancellationToken cancellation)
    {
        using var http = new HttpClient();
        using var apps = JsonDocument.Parse(await http.GetByteArrayAsync(new Uri(tenant, "/_sim/apps"), cancellation));
        return
        [
            .. apps.RootElement.EnumerateArray().Select(app => new TenantApp(
                app.GetProperty("id").GetString()!,
                app.GetProperty("notes").GetString()!,
                [.. app.GetProperty("assignments").EnumerateArray().Select(TenantAssignment.Read)])),
        ];
    }
}

/// <summary>An assignment as the tenant has it.</summary>
internal sealed record TenantAssignment(string Intent, string Target, string? Group)
{
    internal bool Excludes => Target == "exclusionGroupAssignmentTarget";

    internal static TenantAssignment Read(JsonElement assignment) => new(
        assignment.GetProperty("intent").GetString()!, assignment.GetProperty("target_type").GetString()!, assignment.GetProperty("group_id").GetString());
}

/// <summary>Compares the tenant's apps and assignments with what the logs say was published.</summary>
internal sealed class PlaneCheck(IReadOnlyDictionary<CorrelationId, StreamHead<DeploymentState>> heads)
{
    private const string Mark = "|cid=";
    private readonly List<Violation> _violations = [];

    internal IReadOnlyList<Violation> Run(IReadOnlyList<TenantApp> apps)
    {
        var marked = apps.ToLookup(IdIn);
        foreach (var stray in marked[null])
        {
            Wrong($"App {stray.Id} carries no mark of a deployment.");
        }

        foreach (var (id, theirs) in marked.Where(group => group.Key is not null).Select(group => (group.Key!.Value, group.ToList())))
        {
            if (!heads.ContainsKey(id))
            {
                Wrong($"App {theirs[0].Id} is for deployment {id}, which there is not.");
            }
        }

        foreach (var (id, head) in heads)
        {
            Compare(head.State, [.. marked[id]]);
        }

        return _violations;
    }

    private static CorrelationId? IdIn(TenantApp app)
    {
        var at = app.Notes.IndexOf(Mark, StringComparison.Ordinal);
        return at >= 0 && app.Notes.Length >= at + Mark.Length + 36 && CorrelationId.TryParse(app.Notes.Substring(at + Mark.Length, 36), null, out var id) ? id : null;
    }

    private void Compare(DeploymentState state, IReadOnlyList<TenantApp> apps)
    {
        if (apps.Count > 1)
        {
            Wrong($"Deployment {state.Id} has {apps.Count} apps: {string.Join(", ", apps.Select(app => app.Id))}.");
        }

        var assignments = apps.SelectMany(app => app.Assignments).ToList();
        foreach (var twice in assignments.GroupBy(each => (each.Target, each.Group)).Where(group => group.Count() > 1))
        {
            Wrong($"Deployment {state.Id} has {twice.Count()} assignments of group {twice.Key.Group}.");
        }

        if (!state.Status.IsOnDevices())
        {
            // What was begun and taken back may leave an app behind that nobody gets, or that is only uninstalled.
            foreach (var left in assignments.Where(each => each.Intent != "uninstall"))
            {
                Wrong($"Deployment {state.Id} is {state.Status.WireName()}, and group {left.Group} gets its app as {left.Intent}.");
            }

            return;
        }

        var published = state.Rings[^1].Publication.ExternalId;
        if (!apps.Any(app => app.Id == published))
        {
            Wrong($"Deployment {state.Id} is published as app {published}, which the tenant has not.");
        }

        var due = state.AssignmentsRemoved
            ? AssignmentSet.Empty
            : AssignmentSet.Union(state.Rings.Where(ring => ring.SupersededBy is null).Select(ring => state.Request.Scope.Of(ring.Ring)).OfType<RingScope>());
        foreach (var group in due.Include.Where(group => !assignments.Exists(each => !each.Excludes && each.Group == group.ToString())))
        {
            Wrong($"Deployment {state.Id} has no assignment of group {group}.");
        }

        foreach (var extra in assignments.Where(each => !each.Excludes && !due.Include.Any(group => each.Group == group.ToString())))
        {
            Wrong($"Deployment {state.Id} has an assignment of group {extra.Group}, which none of its rings has.");
        }
    }

    private void Wrong(string sentence) => _violations.Add(new(Invariant.Plane, sentence));
}
