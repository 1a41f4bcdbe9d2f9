using Governance.Intune.IntuneWin;

namespace Governance.Intune;

/// <summary>Settings of the Intune connector. The defaults fit a real tenant.</summary>
public sealed record IntuneOptions
{
    /// <summary>Graph's address with its version, such as <c>https://graph.microsoft.com/v1.0</c>; a simulator's on this machine may be plain http.</summary>
    public Uri BaseAddress { get; init; } = new("https://graph.microsoft.com/v1.0");

    /// <summary>How the connector signs in.</summary>
    public IntuneSignIn SignIn { get; init; } = new();

    /// <summary>Hosts, or endings of hosts that begin with a dot, that content may be uploaded to; the base address's own host always may.</summary>
    public IReadOnlyList<string> UploadHosts { get; init; } = [".blob.core.windows.net", ".blob.core.usgovcloudapi.net", ".blob.core.chinacloudapi.cn"];

    /// <summary>
    /// Sent, base64-encoded, to tenants that ask for a second approval; at most 1,024 characters. Null sends none, and such a tenant's refusal
    /// is a policy violation.
    /// </summary>
    public string? ApprovalJustification { get; init; }

    /// <summary>What a new app says about devices it fits.</summary>
    public AppDefaults App { get; init; } = new();

    /// <summary>Waits, deadlines and retries.</summary>
    public IntunePacing Pacing { get; init; } = new();

    /// <summary>How much is asked of Graph in a time.</summary>
    public CallBudgetOptions Budget { get; init; } = new();

    /// <summary>When calls stop because Graph does not answer.</summary>
    public CircuitOptions Circuit { get; init; } = new();

    /// <summary>How results are read.</summary>
    public ResultsOptions Results { get; init; } = new();

    /// <summary>What packages are refused.</summary>
    public IntuneWinLimits Package { get; init; } = IntuneWinLimits.Default;

    /// <summary>Size of one uploaded block, bytes, 64 KiB to 100 MiB.</summary>
    public int BlockBytes { get; init; } = 8 << 20;

    /// <summary>Every problem of these settings, as sentences; empty when they can be used.</summary>
    public IEnumerable<string> Problems()
    {
        if (!BaseAddress.IsAbsoluteUri || (BaseAddress.Scheme != Uri.UriSchemeHttps && !BaseAddress.IsLoopback))
        {
            yield return "Intune: the base address must be https; plain http is for this machine only.";
        }

        if (SignIn.Kind == IntuneSignInKind.Anonymous && !BaseAddress.IsLoopback)
        {
            yield return "Intune: anonymous sign-in is for a simulator on this machine only.";
        }

        if (SignIn.Kind == IntuneSignInKind.Certificate && (SignIn.TenantId is null || SignIn.ClientId is null || SignIn.CertificatePath is null))
        {
            yield return "Intune: certificate sign-in needs tenant id, client id and certificate path.";
        }

        if (!App.Architectures.Split(',', StringSplitOptions.TrimEntries).All(a => a is "x86" or "x64" or "arm" or "neutral"))
        {
            yield return "Intune: architectures are a comma list of x86, x64, arm and neutral.";
        }

        if (BlockBytes is < 64 << 10 or > 100 << 20)
        {
            yield return "Intune: a block has 64 KiB to 100 MiB.";
        }

        if (ApprovalJustification is { Length: 0 or > 1024 })
        {
            yield return "Intune: the approval justification has 1 to 1,024 characters.";
        }

        if (Budget.WritesPerWindow < 1 || Budget.ParallelPublishes < 1 || Budget.RequestsPerWindow < 1 || Budget.Window <= TimeSpan.Zero)
        {
            yield return "Intune: the call budget allows at least one call in a positive time.";
        }
    }
}

/// <summary>How the connector signs in.</summary>
public sealed record IntuneSignIn
{
    /// <summary>Which way.</summary>
    public IntuneSignInKind Kind { get; init; } = IntuneSignInKind.ManagedIdentity;

    /// <summary>The tenant, a GUID. Where given, a token of another tenant is refused before the first call.</summary>
    public string? TenantId { get; init; }

    /// <summary>The application, or the user-assigned identity; null for the system-assigned one.</summary>
    public string? ClientId { get; init; }

    /// <summary>Path of a PEM or PFX file with its private key; for certificate sign-in.</summary>
    public string? CertificatePath { get; init; }
}

/// <summary>Ways to sign in.</summary>
public enum IntuneSignInKind
{
    /// <summary>The managed identity of the Azure resource we run on.</summary>
    ManagedIdentity,

    /// <summary>A federated token that the platform mounts, as on Kubernetes.</summary>
    WorkloadIdentity,

    /// <summary>An application's certificate.</summary>
    Certificate,

    /// <summary>No token at all: a simulator on this machine.</summary>
    Anonymous,
}

/// <summary>What a new app says about the devices it fits and how it shows.</summary>
public sealed record AppDefaults
{
    /// <summary>Comma list of x86, x64, arm, neutral.</summary>
    public string Architectures { get; init; } = "x64";

    /// <summary>Graph's own token for the oldest Windows release; 1607 to 2004, 2H20, 21H1, Windows10_21H2 and later.</summary>
    public string MinimumWindowsRelease { get; init; } = "Windows10_21H2";

    /// <summary>Shown where the evidence names no publisher.</summary>
    public string Publisher { get; init; } = "Unknown publisher";
}

/// <summary>Waits, deadlines and retries; every wait runs on the clock that was passed in.</summary>
public sealed record IntunePacing
{
    /// <summary>Waits between looks at a state; the last repeats. Tenths are added at random so that many publishes spread.</summary>
    public IReadOnlyList<TimeSpan> Poll { get; init; } = [Seconds(1), Seconds(2), Seconds(3), Seconds(5)];

    /// <summary>For an upload address, first or renewed.</summary>
    public TimeSpan UploadAddressWithin { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>For Intune to check uploaded content.</summary>
    public TimeSpan CommitWithin { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Added to <see cref="CommitWithin"/> for each begun GB.</summary>
    public TimeSpan CommitPerGigabyte { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>For an app to become published.</summary>
    public TimeSpan PublishedWithin { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long 404, 409 and 412 after our own write may last until replicas agree.</summary>
    public TimeSpan Propagation { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Between looks for an app that an unclear create may have made.</summary>
    public TimeSpan LookAgain { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>How often such an app is looked for before it counts as not made, 1 or more.</summary>
    public int Looks { get; init; } = 5;

    /// <summary>The longest wait that Graph may ask for and get within one attempt; a longer one ends the attempt, with the time to come back.</summary>
    public TimeSpan InlineRetryAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Waits before a repeatable call is sent again; their number is the number of repeats.</summary>
    public IReadOnlyList<TimeSpan> Retry { get; init; } = [Seconds(1), Seconds(2), Seconds(4)];

    /// <summary>Waits before an upload that Storage refused (403) goes to the same address again; then the address is renewed.</summary>
    public IReadOnlyList<TimeSpan> UploadRefused { get; init; } = [Seconds(2), Seconds(4), Seconds(8), Seconds(15)];

    /// <summary>An upload address is renewed when it expires within this.</summary>
    public TimeSpan RenewBefore { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How often an address that Storage refused is renewed.</summary>
    public int Renewals { get; init; } = 3;

    /// <summary>For one Graph call.</summary>
    public TimeSpan CallWithin { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>For one uploaded block.</summary>
    public TimeSpan BlockWithin { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How often the claim hears from us during long uploads and waits. One call with its repeats keeps us quiet for longer, at worst
    /// four times <see cref="CallWithin"/> and a minute: a claim's lease should be no shorter than that.
    /// </summary>
    public TimeSpan SignOfLife { get; init; } = TimeSpan.FromSeconds(30);

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);
}

/// <summary>How much is asked of Graph in a time: its limits for one application in one tenant. Each counts over a sliding window, so no burst exceeds it.</summary>
public sealed record CallBudgetOptions
{
    /// <summary>No limit of ours: for a simulator.</summary>
    public bool Unlimited { get; init; }

    /// <summary>Calls that change something.</summary>
    public int WritesPerWindow { get; init; } = 100;

    /// <summary>Calls of any kind.</summary>
    public int RequestsPerWindow { get; init; } = 1000;

    /// <summary>The time that both count over.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Publishes at the same time; more wait in line. One makes about 8 writes, and Intune refuses bursts earlier than its limits say.</summary>
    public int ParallelPublishes { get; init; } = 4;
}

/// <summary>When calls stop because Graph does not answer.</summary>
public sealed record CircuitOptions
{
    /// <summary>Failures in a row (5xx, time-outs, no connection) that open the circuit.</summary>
    public int Failures { get; init; } = 10;

    /// <summary>How long it stays open before one call may try.</summary>
    public TimeSpan OpenFor { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>How results are read.</summary>
public sealed record ResultsOptions
{
    /// <summary>Version segment of the row report; published accounts use it on beta more than on v1.0.</summary>
    public string ReportVersion { get; init; } = "v1.0";

    /// <summary>Above so many rows the export job is used: the row report gives 50 at a time.</summary>
    public int ExportAbove { get; init; } = 1000;

    /// <summary>For an export job to finish.</summary>
    public TimeSpan ExportWithin { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Length of an export, unpacked, bytes.</summary>
    public long ExportBytes { get; init; } = 256L << 20;
}
