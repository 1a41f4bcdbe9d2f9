using Governance.Core.Evidence;

namespace Governance.Core.Rollout;

/// <summary>One deployment's app as it is to be in the plane once its current ring is published.</summary>
public sealed record PublishRequest
{
    /// <summary>Whose app it is; written into the app, and how an earlier attempt's app is found again.</summary>
    public required CorrelationId CorrelationId { get; init; }

    /// <summary>The app's name.</summary>
    public required string AppName { get; init; }

    /// <summary>Its version.</summary>
    public required string Version { get; init; }

    /// <summary>The ring that is being published; for logs.</summary>
    public required Ring Ring { get; init; }

    /// <summary>The package.</summary>
    public required PublishArtifact Artifact { get; init; }

    /// <summary>How it installs and is detected.</summary>
    public required InstallFacts Install { get; init; }

    /// <summary>Who made the software, as people see it in the plane; null where unknown.</summary>
    public string? Publisher { get; init; }

    /// <summary>What people read about it in the plane; null for a generated sentence.</summary>
    public string? Description { get; init; }

    /// <summary>All groups of all rings reached so far, this one included: the app gets exactly these.</summary>
    public required AssignmentSet Assignments { get; init; }

    /// <summary>What earlier attempts left in the claim.</summary>
    public PlaneIds Known { get; init; } = PlaneIds.None;

    /// <summary>
    /// When an earlier attempt last held the claim and may have made an app whose id it could not store; null for a first attempt.
    /// Planes show new apps late: shortly after this the connector looks several times before it makes one.
    /// </summary>
    public DateTimeOffset? EarlierAttemptAt { get; init; }

    /// <summary>The tenant's approval that an earlier attempt was told to wait for; sent along when that very call is repeated.</summary>
    public TenantApproval? Approval { get; init; }

    /// <summary>
    /// What the tenant's own approvers read where they are asked, at most 1,024 characters; null for what the connector's settings say.
    /// </summary>
    public string? Justification { get; init; }

    /// <summary>
    /// Asked with what the connector holds in its hands: before the upload with the digest of the bytes it has read and the
    /// groups it means to assign, and before the assignment again. False ends the publish as <see cref="PublishOutcome.SubjectChanged"/>.
    /// </summary>
    public required Func<Digest, AssignmentSet, bool> SubjectHolds { get; init; }
}

/// <summary>The package to publish.</summary>
/// <param name="Sha256">Digest that its bytes must have.</param>
/// <param name="SizeBytes">Length that it must have, 1 or more.</param>
/// <param name="FileName">Name without a folder.</param>
/// <param name="Open">
/// Opens the bytes from their start; called once for an attempt that has to upload and not at all otherwise. The caller of it disposes the stream,
/// which need not be seekable.
/// </param>
public sealed record PublishArtifact(Digest Sha256, long SizeBytes, string FileName, Func<CancellationToken, Task<Stream>> Open);

/// <summary>What the plane has given for one deployment so far; each id is null until it exists.</summary>
/// <param name="AppId">The app, which is the deployment's external id.</param>
/// <param name="ContentVersion">The version of its content.</param>
/// <param name="FileId">The file in that version.</param>
public sealed record PlaneIds(string? AppId, string? ContentVersion, string? FileId)
{
    /// <summary>Nothing exists yet.</summary>
    public static PlaneIds None { get; } = new(null, null, null);
}

/// <summary>One deployment's app in the plane.</summary>
/// <param name="CorrelationId">Whose app it is.</param>
/// <param name="Ids">What the claim knows; without an app id the app is looked for by correlation id.</param>
/// <param name="Approval">The tenant's approval that an earlier attempt was told to wait for.</param>
public sealed record PlaneApp(CorrelationId CorrelationId, PlaneIds Ids, TenantApproval? Approval = null)
{
    /// <summary>What the tenant's own approvers read where they are asked, at most 1,024 characters; null for what the connector's settings say.</summary>
    public string? Justification { get; init; }
}

/// <summary>Which devices to count, and how.</summary>
public sealed record RingResultsRequest
{
    /// <summary>The app.</summary>
    public required PlaneApp App { get; init; }

    /// <summary>The ring's own groups: their members are what is targeted.</summary>
    public required AssignmentSet Groups { get; init; }

    /// <summary>Whether the app installs for a user: then each user of a device counts.</summary>
    public bool PerUser { get; init; }

    /// <summary>Counts an uninstall rollout: no longer installed is success.</summary>
    public bool Uninstall { get; init; }

    /// <summary>Reports older than this are about something else and are ignored; null for none.</summary>
    public DateTimeOffset? IgnoreBefore { get; init; }
}
