using System.Text.Json;

namespace Governance.Local.Intune;

/// <summary>What administrators do in Intune's portal without telling us.</summary>
internal static class BehindOurBack
{
    /// <summary>Writes other notes.</summary>
    public static void EditNotes(this IntuneSimulator simulator, SimulatedApp app, string notes) => simulator.EditText(app, "notes", notes);

    /// <summary>Writes another text property.</summary>
    public static void EditText(this IntuneSimulator simulator, SimulatedApp app, string property, string text)
    {
        lock (app.Gate)
        {
            app.Properties[property] = JsonSerializer.SerializeToElement(text);
        }

        simulator.Tenant.Mark(app);
    }

    /// <summary>Adds an assignment for a group.</summary>
    public static void AddAssignment(this IntuneSimulator simulator, SimulatedApp app, Guid group, string intent)
    {
        lock (app.Gate)
        {
            app.Assignments.Add(new($"{group}_0_0", intent, "groupAssignmentTarget", group.ToString(), null, simulator.Clock.Now));
        }
    }

    /// <summary>Takes all assignments away.</summary>
    public static void ClearAssignments(this IntuneSimulator simulator, SimulatedApp app)
    {
        lock (app.Gate)
        {
            app.Former.AddRange(app.Assignments.Select(assignment => (assignment, simulator.Clock.Now)));
            app.Assignments.Clear();
        }
    }
}
