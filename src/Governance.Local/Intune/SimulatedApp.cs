using System.Text.Json;

namespace Governance.Local.Intune;

/// <summary>One app of the tenant. Everything in it is read and changed under its own lock.</summary>
internal sealed class SimulatedApp
{
    public required string Id { get; init; }

    public Lock Gate { get; } = new();

    /// <summary>The settable properties as JSON, without type.</summary>
    public required Dictionary<string, JsonElement> Properties { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ModifiedAt { get; set; }

    /// <summary>From then on reads and lists show it.</summary>
    public DateTimeOffset VisibleAt { get; init; }

    public string? Committed { get; set; }

    /// <summary>The version that devices got before the present activation.</summary>
    public bool EverPublished { get; set; }

    /// <summary>When the running activation is over; null when none runs.</summary>
    public PendingState? Activation { get; set; }

    public DateTimeOffset? PublishedAt { get; set; }

    public List<SimulatedVersion> Versions { get; } = [];

    public List<SimulatedAssignment> Assignments { get; } = [];

    /// <summary>Assignments that were, with the time of their end.</summary>
    public List<(SimulatedAssignment Assignment, DateTimeOffset EndedAt)> Former { get; } = [];

    public List<JsonElement> Relationships { get; } = [];

    public string Text(string property) =>
        Properties.TryGetValue(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : string.Empty;

    /// <summary>notPublished, processing or published.</summary>
    public string PublishingState => Activation is not null ? "processing" : EverPublished ? "published" : "notPublished";

    /// <summary>Lets a running activation end when its time has come; called by whoever looks.</summary>
    public void Look(DateTimeOffset now)
    {
        if (Activation?.IsOver(now) == true)
        {
            Activation = null;
            EverPublished = true;
            PublishedAt = now;
        }
    }
}

/// <summary>A state that ends by itself, after a time and a number of looks.</summary>
/// <param name="until">When, at the earliest.</param>
/// <param name="looks">Looks that still see it.</param>
/// <param name="end">The state that follows; <c>pending</c> for none, ever.</param>
internal sealed class PendingState(DateTimeOffset until, int looks, string end)
{
    public string End { get; } = end;

    /// <summary>When it ends, at the earliest.</summary>
    public DateTimeOffset Until { get; } = until;

    /// <summary>Looks that still see it.</summary>
    public int Looks { get; private set; } = looks;

    /// <summary>Counts as one look.</summary>
    public bool IsOver(DateTimeOffset now) => End != "pending" && now >= Until && --Looks < 0;
}

/// <summary>One content version.</summary>
internal sealed class SimulatedVersion
{
    public required string Id { get; init; }

    public List<SimulatedFile> Files { get; } = [];
}

/// <summary>One content file and its upload target.</summary>
internal sealed class SimulatedFile
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required long Size { get; init; }

    public required long SizeEncrypted { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string State { get; set; }

    public PendingState? Pending { get; set; }

    public bool Committed { get; set; }

    /// <summary>Where to upload; null until the first address is there.</summary>
    public SimulatedBlob? Blob { get; set; }

    /// <summary>Lets a running state end when its time has come.</summary>
    public void Look(DateTimeOffset now, Action<SimulatedFile> ended)
    {
        if (Pending?.IsOver(now) == true)
        {
            State = Pending.End;
            Pending = null;
            ended(this);
        }
    }
}

/// <summary>One assignment.</summary>
internal sealed record SimulatedAssignment(string Id, string Intent, string TargetType, string? GroupId, JsonElement? Settings, DateTimeOffset Since)
{
    /// <summary>Two of one key are not merged: the later one is ignored.</summary>
    public (string, string?) Key => (TargetType, GroupId);
}
