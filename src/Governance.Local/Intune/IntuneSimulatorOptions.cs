namespace Governance.Local.Intune;

/// <summary>Settings of the simulated tenant. With the defaults every asynchronous state comes about at the next look.</summary>
internal sealed record IntuneSimulatorOptions
{
    /// <summary>Ids, signatures and device behaviour follow from it.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Refuse bodies that the real service refuses.</summary>
    public bool Strict { get; init; } = true;

    /// <summary>Time until an upload address is there.</summary>
    public TimeSpan AddressDelay { get; init; }

    /// <summary>Time until an uploaded file is checked.</summary>
    public TimeSpan CommitDelay { get; init; }

    /// <summary>Time until an activated app is published.</summary>
    public TimeSpan PublishDelay { get; init; }

    /// <summary>Looks at a file, or an app, that still show the pending state, besides the time.</summary>
    public int PendingLooks { get; init; }

    /// <summary>Life of an upload address.</summary>
    public TimeSpan AddressLife { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long Storage refuses a fresh address, until it knows its policy.</summary>
    public TimeSpan AddressUnknownFor { get; init; }

    /// <summary>How long a new app is missing from reads and lists.</summary>
    public TimeSpan NewAppHiddenFor { get; init; }

    /// <summary>How long assignments of a just published app are refused with 412.</summary>
    public TimeSpan NotSettledFor { get; init; }

    /// <summary>Refuse filters that look into notes, as a v1.0 tenant might.</summary>
    public bool NotesFilterRefused { get; init; }

    /// <summary>A group that nobody seeded is refused with 400.</summary>
    public bool GroupsMustExist { get; init; } = true;

    /// <summary>Requests without a bearer token are refused with 401.</summary>
    public bool RequireToken { get; init; }

    /// <summary>The tenant's own second approval of changes.</summary>
    public ApprovalPolicy? Approval { get; init; }

    /// <summary>Writes allowed in 20 s; null for any number.</summary>
    public int? WritesPer20Seconds { get; init; }

    /// <summary>Requests of any kind allowed in 20 s; null for any number.</summary>
    public int? RequestsPer20Seconds { get; init; }

    /// <summary>The tenant's groups.</summary>
    public IReadOnlyList<SimulatedGroup> Groups { get; init; } = [];

    /// <summary>How devices behave in time.</summary>
    public DeviceTiming Devices { get; init; } = new();

    /// <summary>How reports misbehave.</summary>
    public ReportQuirks Reports { get; init; } = new();

    /// <summary>Requests kept for assertions, the newest; 0 keeps none.</summary>
    public int JournalEntries { get; init; } = 10_000;

    /// <summary>Serve <c>/_sim</c>.</summary>
    public bool Control { get; init; }

    /// <summary>How fast the tenant's time goes: 3600 makes an hour a second.</summary>
    public double TimeFactor { get; init; } = 1;
}

/// <summary>A group of simulated devices and users.</summary>
internal sealed record SimulatedGroup
{
    /// <summary>Entra's object id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its name; part of its devices' names.</summary>
    public required string Name { get; init; }

    /// <summary>How many devices are in it.</summary>
    public int Devices { get; init; }

    /// <summary>How many users are in it; each has one device.</summary>
    public int Users { get; init; }

    /// <summary>Share of installations that fail, 0 to 1.</summary>
    public double FailureRate { get; init; }

    /// <summary>Share of uninstallations that fail where the app is installed, 0 to 1.</summary>
    public double UninstallFailureRate { get; init; }

    /// <summary>Share of devices that never report, 0 to 1.</summary>
    public double OfflineRate { get; init; }

    /// <summary>Share of devices whose requirements are not met, 0 to 1.</summary>
    public double NotApplicableRate { get; init; }

    /// <summary>What failed installations report; the default is "installed but not detected".</summary>
    public uint ErrorCode { get; init; } = 0x87D1041C;
}

/// <summary>When devices do what.</summary>
internal sealed record DeviceTiming
{
    /// <summary>Between two check-ins of a device.</summary>
    public TimeSpan CheckIn { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>From taking an assignment to its result.</summary>
    public TimeSpan Install { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>From a result to the reports.</summary>
    public TimeSpan ReportLag { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>How reports misbehave, as the real ones do.</summary>
internal sealed record ReportQuirks
{
    /// <summary>Rows come in another order with every request.</summary>
    public bool Shuffle { get; init; }

    /// <summary>Every page repeats its first row in place of its last.</summary>
    public bool Duplicate { get; init; }

    /// <summary>Times are milliseconds since 1970 in place of text.</summary>
    public bool NumericTimes { get; init; }

    /// <summary>Looks at an export before it is finished.</summary>
    public int ExportLooks { get; init; }
}

/// <summary>Which changes the tenant holds until a second person approves them.</summary>
internal sealed record ApprovalPolicy
{
    /// <summary>Also hold the creation of apps; by experience only activation, assignment and deletion are held.</summary>
    public bool HoldCreation { get; init; }

    /// <summary>The status of "filed": documented as 403, seen as 412.</summary>
    public int FiledStatus { get; init; } = 412;

    /// <summary>How long people have.</summary>
    public TimeSpan ExpiresAfter { get; init; } = TimeSpan.FromDays(3);
}
