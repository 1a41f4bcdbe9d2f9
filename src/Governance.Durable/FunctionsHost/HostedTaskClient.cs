using System.Diagnostics;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Governance.Durable.Client;
using Governance.Durable.Engine;
using Governance.Durable.Hub;
using Governance.Durable.Protocol;

namespace Governance.Durable.FunctionsHost;

/// <summary>
/// The client of a Functions host's task hub: its gRPC endpoint on this machine, and where that does not answer its HTTP management API.
/// Knows where they are once an invocation has carried a <c>durableClient</c> binding, see <see cref="Bind"/>.
/// </summary>
/// <remarks>
/// A host's hub shows an instance a moment after it was scheduled, a child perhaps later than its first activity runs:
/// <see cref="InstanceProblem.NotFound"/> may mean "not yet". Listing and purging by filter go over gRPC alone.
/// </remarks>
public sealed partial class HostedTaskClient : DurableTaskClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly DataConverter _converter;
    private readonly TimeProvider _clock;
    private readonly Func<Guid> _newId;
    private readonly HttpClient _http;
    private readonly GrpcCalls _grpc;
    private readonly ManagementCalls _management;
    private volatile HubBinding? _hub;

    /// <param name="name">The hub's name, for logs.</param>
    /// <param name="converter">Writes inputs and events.</param>
    /// <param name="clock">Drives waits and time-outs.</param>
    /// <param name="newId">Ids of instances where none is chosen; null: random.</param>
    public HostedTaskClient(string name, DataConverter converter, TimeProvider clock, Func<Guid>? newId = null)
        : base(name)
    {
        (_converter, _clock, _newId) = (converter, clock, newId ?? Guid.NewGuid);
        _http = new(new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
        })
        {
            // Each call has its own.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        (_grpc, _management) = (new(_http), new(_http));
    }

    /// <inheritdoc/>
    public override bool ShowsInstancesLate => true;

    /// <summary>Where the hub is; null before the first binding.</summary>
    public HubBinding? Binding => _hub;

    /// <summary>Takes what an invocation's <c>durableClient</c> binding says; ports change when the host starts anew.</summary>
    /// <param name="bindingJson">The binding's JSON text; what is no binding changes nothing.</param>
    public void Bind(string? bindingJson)
    {
        if (HubBinding.TryRead(bindingJson) is { } hub && hub != _hub)
        {
            _hub = hub;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="HubUnknownException">There was no binding yet.</exception>
    public override async Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        var instanceId = options?.InstanceId ?? _newId().ToString("N");
        if (HubKeys.ProblemWith(instanceId) is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        var json = PayloadLimits.Write(_converter, input, $"The input of orchestration '{orchestratorName}'");
        var request = new CreateInstanceRequest
        {
            InstanceId = instanceId,
            Name = orchestratorName,
            Version = options?.Version,
            Input = json,
            ScheduledStartTimestamp = options?.StartAt is { } startAt ? Timestamp.FromDateTimeOffset(startAt) : null,
            RequestTime = Timestamp.FromDateTimeOffset(_clock.GetUtcNow()),
            ParentTraceContext = Activity.Current is { IdFormat: ActivityIdFormat.W3C } current
                ? new() { TraceParent = current.Id, SpanId = current.SpanId.ToHexString(), TraceState = current.TraceStateString }
                : null,
        };
        await Tell(
            instanceId,
            (hub, token) => _grpc.Call(hub, "StartInstance", request, CreateInstanceResponse.Parser, token),
            options is { StartAt: not null } or { Version: not null } ? null : (hub, token) => _management.Start(hub, orchestratorName, instanceId, json, token),
            cancellation).ConfigureAwait(false);
        return instanceId;
    }

    /// <inheritdoc/>
    /// <exception cref="HubUnknownException">There was no binding yet.</exception>
    public override Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        var json = PayloadLimits.Write(_converter, eventPayload, $"Event '{eventName}'");
        return Tell(
            instanceId,
            (hub, token) => _grpc.Call(hub, "RaiseEvent", new RaiseEventRequest { InstanceId = instanceId, Name = eventName, Input = json }, RaiseEventResponse.Parser, token),
            (hub, token) => _management.Raise(hub, instanceId, eventName, json, token),
            cancellation);
    }

    /// <inheritdoc/>
    /// <exception cref="HubUnknownException">There was no binding yet.</exception>
    public override Task TerminateInstanceAsync(string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        var output = options?.Output as string ?? PayloadLimits.Write(_converter, options?.Output, "The output");
        return Tell(
            instanceId,
            (hub, token) => _grpc.Call(hub, "TerminateInstance", new TerminateRequest { InstanceId = instanceId, Output = output }, TerminateResponse.Parser, token),
            (hub, token) => _management.Control(hub, instanceId, "terminate", output, token),
            cancellation);
    }

    /// <inheritdoc/>
    /// <exception cref="HubUnknownException">There was no binding yet.</exception>
    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) => Tell(
        instanceId,
        (hub, token) => _grpc.Call(hub, "SuspendInstance", new SuspendRequest { InstanceId = instanceId, Reason = reason }, SuspendResponse.Parser, token),
        (hub, token) => _management.Control(hub, instanceId, "suspend", reason, token),
        cancellation);

    /// <inheritdoc/>
    /// <exception cref="HubUnknownException">There was no binding yet.</exception>
    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) => Tell(
        instanceId,
        (hub, token) => _grpc.Call(hub, "ResumeInstance", new ResumeRequest { InstanceId = instanceId, Reason = reason }, ResumeResponse.Parser, token),
        (hub, token) => _management.Control(hub, instanceId, "resume", reason, token),
        cancellation);

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    // gRPC, and where it does not answer the management API. Both may have carried the call out: every call is safe to repeat.
    private async Task<T> Either<T>(
        string instanceId, Func<HubBinding, CancellationToken, Task<T>> grpc, Func<HubBinding, CancellationToken, Task<T>>? management, CancellationToken cancellation)
    {
        var hub = _hub ?? throw new HubUnknownException();
        if (hub.Rpc is not null)
        {
            try
            {
                return await InTime(token => grpc(hub, token), cancellation).ConfigureAwait(false);
            }
            catch (GrpcStatusException refused)
            {
                throw Judged(instanceId, refused);
            }
            catch (Exception unreachable) when (unreachable is HttpRequestException or TimeoutException && management is not null && hub.Management is not null)
            {
                // The other way is tried.
            }
        }

        return management is not null && hub.Management is not null
            ? await InTime(token => management(hub, token), cancellation).ConfigureAwait(false)
            : throw new HubCallException("call", 0, "The host names no endpoint that takes this call.");
    }

    // The same for calls that bring nothing back.
    private async Task Tell<T>(
        string instanceId, Func<HubBinding, CancellationToken, Task<T>> grpc, Func<HubBinding, CancellationToken, Task>? management, CancellationToken cancellation)
    {
        await Either(
            instanceId,
            async (hub, token) =>
            {
                await grpc(hub, token).ConfigureAwait(false);
                return true;
            },
            management is null ? null : Managed,
            cancellation).ConfigureAwait(false);

        async Task<bool> Managed(HubBinding hub, CancellationToken token)
        {
            await management!(hub, token).ConfigureAwait(false);
            return true;
        }
    }

    private async Task<T> InTime<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Patience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            return await call(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException late) when (patience.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new TimeoutException("The task hub does not answer.", late);
        }
    }

    private static Exception Judged(string instanceId, GrpcStatusException refused) => refused.Status switch
    {
        GrpcStatusException.AlreadyExists => new OrchestrationInstanceException(instanceId, InstanceProblem.AlreadyExists),
        GrpcStatusException.NotFound => new OrchestrationInstanceException(instanceId, InstanceProblem.NotFound),
        GrpcStatusException.FailedPrecondition => new OrchestrationInstanceException(instanceId, InstanceProblem.NotRunning),
        GrpcStatusException.InvalidArgument => new ArgumentException(refused.Said),
        _ => new HubCallException(refused.Method, refused.Status, refused.Said),
    };
}
