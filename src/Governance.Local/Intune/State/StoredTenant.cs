using System.Text.Json;
using System.Text.Json.Serialization;

namespace Governance.Local.Intune.State;

/// <summary>One line of the tenant's file: something as it stands now. The last line about it counts.</summary>
internal sealed record StoredLine
{
    /// <summary>How many processes have served this tenant, this one with them; ids must differ from life to life.</summary>
    public int? Life { get; init; }

    /// <summary>An app.</summary>
    public StoredApp? App { get; init; }

    /// <summary>The id of an app that is gone.</summary>
    public string? Gone { get; init; }

    /// <summary>What was uploaded to one address.</summary>
    public StoredBlob? Blob { get; init; }
}

/// <summary>An app as it stands.</summary>
internal sealed record StoredApp(
    string Id,
    Dictionary<string, JsonElement> Properties,
    DateTimeOffset CreatedAt,
    DateTimeOffset ModifiedAt,
    DateTimeOffset VisibleAt,
    string? Committed,
    bool EverPublished,
    StoredPending? Activation,
    DateTimeOffset? PublishedAt,
    IReadOnlyList<StoredVersion> Versions,
    IReadOnlyList<SimulatedAssignment> Assignments,
    IReadOnlyList<StoredFormer> Former,
    IReadOnlyList<JsonElement> Relationships)
{
    /// <summary>Of an app; the caller holds its lock.</summary>
    public static StoredApp Of(SimulatedApp app) => new(
        app.Id, app.Properties, app.CreatedAt, app.ModifiedAt, app.VisibleAt, app.Committed, app.EverPublished, StoredPending.Of(app.Activation), app.PublishedAt,
        [.. app.Versions.Select(StoredVersion.Of)], [.. app.Assignments], [.. app.Former.Select(former => new StoredFormer(former.Assignment, former.EndedAt))], [.. app.Relationships]);

    /// <summary>The app again.</summary>
    public SimulatedApp ToApp()
    {
        var app = new SimulatedApp
        {
            Id = Id,
            Properties = Properties,
            CreatedAt = CreatedAt,
            ModifiedAt = ModifiedAt,
            VisibleAt = VisibleAt,
            Committed = Committed,
            EverPublished = EverPublished,
            Activation = Activation?.ToState(),
            PublishedAt = PublishedAt,
        };
        app.Versions.AddRange(Versions.Select(version => version.ToVersion()));
        app.Assignments.AddRange(Assignments);
        app.Former.AddRange(Former.Select(former => (former.Assignment, former.EndedAt)));
        app.Relationships.AddRange(Relationships);
        return app;
    }
}

/// <summary>An assignment that was.</summary>
internal sealed record StoredFormer(SimulatedAssignment Assignment, DateTimeOffset EndedAt);

/// <summary>A state that ends by itself.</summary>
internal sealed record StoredPending(DateTimeOffset Until, int Looks, string End)
{
    public static StoredPending? Of(PendingState? state) => state is null ? null : new(state.Until, state.Looks, state.End);

    public PendingState ToState() => new(Until, Looks, End);
}

/// <summary>A content version.</summary>
internal sealed record StoredVersion(string Id, IReadOnlyList<StoredFile> Files)
{
    public static StoredVersion Of(SimulatedVersion version) => new(version.Id, [.. version.Files.Select(StoredFile.Of)]);

    public SimulatedVersion ToVersion()
    {
        var version = new SimulatedVersion { Id = Id };
        version.Files.AddRange(Files.Select(file => file.ToFile()));
        return version;
    }
}

/// <summary>A content file and its address.</summary>
internal sealed record StoredFile(
    string Id, string Name, long Size, long SizeEncrypted, DateTimeOffset CreatedAt, string State, StoredPending? Pending, bool Committed, StoredAddress? Address)
{
    public static StoredFile Of(SimulatedFile file) => new(
        file.Id, file.Name, file.Size, file.SizeEncrypted, file.CreatedAt, file.State, StoredPending.Of(file.Pending), file.Committed,
        file.Blob is { } blob ? new(blob.Path, blob.Policy, blob.Signature, blob.ExpiresAt, blob.KnownFrom) : null);

    public SimulatedFile ToFile() => new()
    {
        Id = Id,
        Name = Name,
        Size = Size,
        SizeEncrypted = SizeEncrypted,
        CreatedAt = CreatedAt,
        State = State,
        Pending = Pending?.ToState(),
        Committed = Committed,
        Blob = Address is { } address
            ? new() { Path = address.Path, Policy = address.Policy, Signature = address.Signature, ExpiresAt = address.ExpiresAt, KnownFrom = address.KnownFrom }
            : null,
    };
}

/// <summary>Where a file is uploaded to.</summary>
internal sealed record StoredAddress(string Path, string Policy, string Signature, DateTimeOffset ExpiresAt, DateTimeOffset KnownFrom);

/// <summary>What was uploaded to an address.</summary>
internal sealed record StoredBlob(string Path, Dictionary<string, byte[]> Staged, IReadOnlyList<string>? Listed, bool Single);

/// <summary>The lines' JSON.</summary>
[JsonSerializable(typeof(StoredLine))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class StoredTenantJson : JsonSerializerContext;
