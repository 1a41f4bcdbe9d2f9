using System.Collections.Immutable;
using Governance.Functions.Configuration;

namespace Governance.Functions.Hosting;

/// <summary>How the app listens and what it takes.</summary>
/// <param name="Address">The IP address or host name to listen on.</param>
/// <param name="Port">0 for any free one.</param>
/// <param name="StandardBody">Bytes of an ordinary body.</param>
/// <param name="EvidenceBody">Bytes of an evidence document.</param>
/// <param name="RequestTimeout">How long a call may take; longer than the longest <c>Prefer: wait</c>.</param>
/// <param name="EvidenceTimeout">How long a call of the evidence group may take.</param>
/// <param name="Patience">How long a call waits for a place before it is turned away, and what it is told then.</param>
/// <param name="Backlog">Deployments that may wait for their orchestration to start; while there are more, new ones are begun only as fast as orchestrations start.</param>
/// <param name="LongPolls">Calls that wait for something to happen (<c>Prefer: wait</c>) at the same time; more are answered at once.</param>
/// <param name="Connections">What callers may cost before they have said anything.</param>
/// <param name="PublicAddress">Where people's browsers reach the app, without a path: sign-in comes back there. Null where a request's own address is it, which is so on the machine itself alone.</param>
/// <param name="PageTokenKey">Signs continuation tokens; empty or at least 32 bytes, the same on all instances.</param>
/// <param name="Groups">The concurrency limit of each group but the unlimited one.</param>
internal sealed record HttpSettings(
    string Address,
    int Port,
    int StandardBody,
    int EvidenceBody,
    TimeSpan RequestTimeout,
    TimeSpan EvidenceTimeout,
    GatePatience Patience,
    int Backlog,
    int LongPolls,
    ConnectionLimits Connections,
    Uri? PublicAddress,
    ReadOnlyMemory<byte> PageTokenKey,
    ImmutableSortedDictionary<FunctionGroup, GroupLimit> Groups)
{
    private const int MiB = 1024 * 1024;

    /// <summary>What a call is told that something outside does not answer, or that its time is over.</summary>
    public TimeSpan RetryAfter => Patience.RetryAfter;

    /// <summary>Where the Functions host wants its handler to listen; wins over <c>Http__Port</c>.</summary>
    public const string HandlerPort = "FUNCTIONS_CUSTOMHANDLER_PORT";

    /// <summary>Reads section <c>Http</c>.</summary>
    public static HttpSettings Read(SettingsReader settings)
    {
        var http = settings.Section("Http");
        return new(
            settings.Has(HandlerPort) ? "127.0.0.1" : http.Text("Address", "127.0.0.1"),
            settings.Has(HandlerPort) ? settings.Integer(HandlerPort, 0, 1, 65535) : http.Integer("Port", 7071, 0, 65535),
            http.Integer("BodyLimits:Standard", MiB, 1024, 64 * MiB),
            http.Integer("BodyLimits:Evidence", 16 * MiB, 1024, 256 * MiB),
            http.Duration("RequestTimeout", TimeSpan.FromSeconds(45), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
            http.Duration("EvidenceTimeout", TimeSpan.FromSeconds(120), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
            PatienceIn(http),
            http.Integer("Backlog", 5_000, 10, 1_000_000),
            http.Integer("LongPolls", 1_000, 0, 100_000),
            ConnectionLimits.Read(http),
            PublicAddressIn(http),
            http.Secret("PageTokenKey", 32),
            new[]
            {
                Group(http, FunctionGroup.Reads, 128, 512),
                Group(http, FunctionGroup.Writes, 64, 256),
                Group(http, FunctionGroup.Evidence, 8, 64),
                Group(http, FunctionGroup.Callbacks, 32, 128),
            }.ToImmutableSortedDictionary(group => group.Key, group => group.Value));
    }

    /// <summary>The bytes behind a limit.</summary>
    public int BytesOf(BodyLimit limit) => limit switch
    {
        BodyLimit.None => 0,
        BodyLimit.Standard => StandardBody,
        _ => EvidenceBody,
    };

    /// <summary>How long a call of a group may take.</summary>
    public TimeSpan TimeoutOf(FunctionGroup group) => group == FunctionGroup.Evidence ? EvidenceTimeout : RequestTimeout;

    private static GatePatience PatienceIn(SettingsReader http)
    {
        var patience = new GatePatience(
            http.Duration("LongestQueueing", TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)),
            http.Duration("RetryAfter", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
            http.Duration("LongestRetryAfter", TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)));
        if (patience.LongestRetryAfter < patience.RetryAfter)
        {
            http.Wrong("LongestRetryAfter", "must not be below RetryAfter");
        }

        return patience;
    }

    private static Uri? PublicAddressIn(SettingsReader http)
    {
        var address = http.Address("PublicAddress");
        if (address is not null && (address.PathAndQuery != "/" || (address.Scheme != Uri.UriSchemeHttps && !address.IsLoopback)))
        {
            http.Wrong("PublicAddress", "must be an https address without a path");
        }

        return address;
    }

    private static KeyValuePair<FunctionGroup, GroupLimit> Group(SettingsReader http, FunctionGroup group, int atOnce, int waiting) => new(
        group,
        new(http.Integer($"Concurrency:{group}:AtOnce", atOnce, 1, 10_000), http.Integer($"Concurrency:{group}:Waiting", waiting, 0, 100_000)));
}

/// <summary>A concurrency limit.</summary>
/// <param name="AtOnce">Calls that are served at the same time.</param>
/// <param name="Waiting">Calls that wait for one of them to end; more are turned away.</param>
internal sealed record GroupLimit(int AtOnce, int Waiting);

/// <summary>What the web server takes from callers before anything is known of them.</summary>
/// <param name="AtOnce">Connections; more are closed as they come. Not behind the Functions host, which is the only caller there.</param>
/// <param name="SlowestBytes">Bytes a second that a body or answer has to move on the average after its first five seconds; 0 for any pace. Not behind the Functions host either.</param>
/// <param name="HeadersTimeout">How long the headers of a request may take.</param>
/// <param name="IdleTimeout">How long a connection stays open without a request; ten minutes behind the Functions host.</param>
internal sealed record ConnectionLimits(int AtOnce, int SlowestBytes, TimeSpan HeadersTimeout, TimeSpan IdleTimeout)
{
    /// <summary>Reads section <c>Http__Connections</c>.</summary>
    public static ConnectionLimits Read(SettingsReader http) => new(
        http.Integer("Connections:AtOnce", 4_000, 10, 1_000_000),
        http.Integer("Connections:SlowestBytes", 1_024, 0, 1024 * 1024),
        http.Duration("Connections:HeadersTimeout", TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5)),
        http.Duration("Connections:IdleTimeout", TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)));
}
