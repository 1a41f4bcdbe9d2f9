using System.Collections.Immutable;
using Governance.Functions.Configuration;

namespace Governance.Functions.Hosting;

/// <summary>How the app listens and what it takes.</summary>
/// <param name="Address">The IP address or host name to listen on.</param>
/// <param name="Port">0 for any free one.</param>
/// <param name="StandardBody">Bytes of an ordinary body.</param>
/// <param name="EvidenceBody">Bytes of an evidence document.</param>
/// <param name="UploadBody">Bytes of an uploaded file.</param>
/// <param name="RequestTimeout">How long a call may take; longer than the longest <c>Prefer: wait</c>.</param>
/// <param name="EvidenceTimeout">How long a call of the evidence group may take.</param>
/// <param name="LongestQueueing">How long a call waits for a place before it is turned away.</param>
/// <param name="RetryAfter">What a call that is turned away is told.</param>
/// <param name="PublicAddress">Where people's browsers reach the app, without a path: sign-in comes back there. Null where a request's own address is it, which is so on the machine itself alone.</param>
/// <param name="PageTokenKey">Signs continuation tokens; empty or at least 32 bytes, the same on all instances.</param>
/// <param name="Groups">The concurrency limit of each group but the unlimited one.</param>
internal sealed record HttpSettings(
    string Address,
    int Port,
    int StandardBody,
    int EvidenceBody,
    int UploadBody,
    TimeSpan RequestTimeout,
    TimeSpan EvidenceTimeout,
    TimeSpan LongestQueueing,
    TimeSpan RetryAfter,
    Uri? PublicAddress,
    ReadOnlyMemory<byte> PageTokenKey,
    ImmutableSortedDictionary<FunctionGroup, GroupLimit> Groups)
{
    private const int MiB = 1024 * 1024;

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
            http.Integer("BodyLimits:Upload", 64 * MiB, 1024, 1024 * MiB),
            http.Duration("RequestTimeout", TimeSpan.FromSeconds(45), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
            http.Duration("EvidenceTimeout", TimeSpan.FromSeconds(120), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
            http.Duration("LongestQueueing", TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)),
            http.Duration("RetryAfter", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
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
        BodyLimit.Evidence => EvidenceBody,
        _ => UploadBody,
    };

    /// <summary>How long a call of a group may take.</summary>
    public TimeSpan TimeoutOf(FunctionGroup group) => group == FunctionGroup.Evidence ? EvidenceTimeout : RequestTimeout;

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
