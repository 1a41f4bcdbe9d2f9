using System.Net;
using System.Security.Cryptography;
using Governance.Core.Rollout;
using Governance.Intune.Graph;
using Governance.Intune.Publishing;
using Governance.Intune.Results;
using Microsoft.Extensions.Logging;
using Microsoft.Graph;
using Microsoft.Kiota.Http.HttpClientLibrary.Middleware;

namespace Governance.Intune;

/// <summary>Builds the Intune connector.</summary>
public static class IntunePlaneFactory
{
    /// <summary>The plane's name on the wire.</summary>
    public const string PlaneName = "INTUNE";

    /// <summary>Builds a connector for the whole life of the process. Nothing is called yet; the Graph SDK itself is loaded with the first call.</summary>
    /// <param name="options">Settings without problems.</param>
    /// <param name="clock">Every wait, deadline and expiry runs on it.</param>
    /// <param name="logs">Category <c>Governance.Intune</c>, event ids 5000 to 5099.</param>
    /// <param name="transport">Carries all requests, to Graph and to Storage; null for a pooled one of its own. Stays the caller's.</param>
    /// <param name="random">For request ids and for waits that spread; null for the system's.</param>
    /// <exception cref="ArgumentException">The settings have problems; all of them are named.</exception>
    public static IDevicePlane Create(
        IntuneOptions options, TimeProvider clock, ILoggerFactory logs, HttpMessageHandler? transport = null, IntuneWin.RandomSource? random = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Problems().ToArray() is { Length: > 0 } problems)
        {
            throw new ArgumentException(string.Join(' ', problems), nameof(options));
        }

        var log = logs.CreateLogger("Governance.Intune");
        var wire = transport ?? new SocketsHttpHandler
        {
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AutomaticDecompression = DecompressionMethods.All,
            AllowAutoRedirect = false,
        };
        var graph = new Lazy<GraphServiceClient>(() => Client(options, clock, wire), LazyThreadSafetyMode.ExecutionAndPublication);
        var storage = new HttpClient(wire, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        var caller = new GraphCaller(
            options, new CallBudget(options.Budget, clock), new CircuitBreaker(options.Circuit, clock), clock, new IntuneRandom(random ?? RandomNumberGenerator.Fill), log);
        var parallel = options.Budget.Unlimited ? int.MaxValue : options.Budget.ParallelPublishes;
        return new IntunePlane(
            new AppCalls(() => graph.Value, caller),
            new ContentCalls(() => graph.Value, caller),
            new BlockUpload(storage, caller, options.BlockBytes),
            new ReportCalls(() => graph.Value, storage, caller, options),
            new GroupCalls(() => graph.Value, caller),
            new ApprovalCalls(() => graph.Value, caller, options),
            caller,
            options,
            new SemaphoreSlim(parallel, parallel),
            log);
    }

    /// <summary>No retry handler: repeats are decided in <see cref="GraphCaller"/>. Time limits too, on the passed-in clock.</summary>
    private static GraphServiceClient Client(IntuneOptions options, TimeProvider clock, HttpMessageHandler wire)
    {
        DelegatingHandler[] handlers =
        [
            new ParametersNameDecodingHandler(),
            new UserAgentHandler(),
            new GraphTelemetryHandler(new GraphClientOptions()),
            new GraphCallHandler(clock),
        ];
        var http = GraphClientFactory.Create(handlers, finalHandler: wire);
        http.Timeout = Timeout.InfiniteTimeSpan;
        return new(http, GraphSignIn.Provider(options), options.BaseAddress.AbsoluteUri.TrimEnd('/'));
    }
}
