using System.Buffers.Binary;
using System.Net;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Governance.Durable.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Governance.HostContract.Tests.Player;

/// <summary>The two ways into a played task hub: gRPC in cleartext over HTTP/2, and the management API over HTTP/1.1 with its key.</summary>
internal sealed class HubEndpoint : IAsyncDisposable
{
    private const string Key = "code=s3cret%2Fkey";

    private readonly WebApplication _app;
    private readonly PlayedHub _hub;

    private HubEndpoint(WebApplication app, PlayedHub hub) => (_app, _hub) = (app, hub);

    /// <summary>True while the gRPC listener breaks every connection.</summary>
    internal bool RpcIsDown { get; set; }

    /// <summary>Calls that came, as <c>grpc StartInstance</c> or <c>http POST /orchestrators/…</c>.</summary>
    internal System.Collections.Concurrent.ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>What the durableClient binding says.</summary>
    internal string Binding { get; private set; } = string.Empty;

    internal static async Task<HubEndpoint> Start(PlayedHub hub)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        var endpoint = new HubEndpoint(app, hub);
        app.Run(context => context.Request.Protocol == "HTTP/2" ? endpoint.Rpc(context) : ManagementApi.Serve(context, hub, Key, endpoint.Calls));
        await app.StartAsync();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToArray();
        endpoint.Binding = $$"""
            {"taskHubName":"governance","creationUrls":null,"managementUrls":null,"baseUrl":null,"connectionName":null,"rpcBaseUrl":"{{addresses[0]}}",
            "httpBaseUrl":"{{addresses[1]}}/runtime/webhooks/durabletask","requiredQueryStringParameters":"{{Key}}","maxGrpcMessageSizeInBytes":4194304}
            """;
        return endpoint;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task Rpc(HttpContext context)
    {
        if (RpcIsDown)
        {
            context.Abort();
            return;
        }

        var method = context.Request.Path.Value!.Split('/')[^1];
        Calls.Enqueue($"grpc {method}");
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var frame = body.ToArray();
        Assert.Equal("application/grpc", context.Request.ContentType);
        Assert.Equal(0, frame[0]);
        Assert.Equal(frame.Length - 5, BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(1)));
        var (reply, status) = Answer(method, frame.AsSpan(5).ToArray());
        context.Response.ContentType = "application/grpc";
        if (reply is null)
        {
            // Without a body the status stands among the headers.
            context.Response.Headers["grpc-status"] = status.ToString(System.Globalization.CultureInfo.InvariantCulture);
            context.Response.Headers["grpc-message"] = "not%20possible";
            return;
        }

        var answer = new byte[5 + reply.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(answer.AsSpan(1), answer.Length - 5);
        reply.WriteTo(answer.AsSpan(5));
        await context.Response.Body.WriteAsync(answer);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    private (IMessage? Reply, int Status) Answer(string method, byte[] request)
    {
        switch (method)
        {
            case "StartInstance":
                var start = CreateInstanceRequest.Parser.ParseFrom(request);
                return _hub.Start(start.InstanceId, start.Name, start.Input) ? (new CreateInstanceResponse { InstanceId = start.InstanceId }, 0) : (null, 6);
            case "GetInstance":
                var found = _hub.Find(GetInstanceRequest.Parser.ParseFrom(request).InstanceId);
                return (new GetInstanceResponse { Exists = found is not null, OrchestrationState = found is null ? null : State(found) }, 0);
            case "RaiseEvent":
                var raised = RaiseEventRequest.Parser.ParseFrom(request);
                return Sent(_hub.Send(raised.InstanceId, e => e.EventRaised = new() { Name = raised.Name, Input = raised.Input }), new RaiseEventResponse());
            case "TerminateInstance":
                var ended = TerminateRequest.Parser.ParseFrom(request);
                return Sent(_hub.Send(ended.InstanceId, e => e.ExecutionTerminated = new() { Input = ended.Output }), new TerminateResponse());
            case "SuspendInstance":
                var held = SuspendRequest.Parser.ParseFrom(request);
                return Sent(_hub.Send(held.InstanceId, e => e.ExecutionSuspended = new() { Input = held.Reason }), new SuspendResponse());
            case "ResumeInstance":
                var resumed = ResumeRequest.Parser.ParseFrom(request);
                return Sent(_hub.Send(resumed.InstanceId, e => e.ExecutionResumed = new() { Input = resumed.Reason }), new ResumeResponse());
            case "PurgeInstances":
                var purge = PurgeInstancesRequest.Parser.ParseFrom(request);
                return (new PurgeInstancesResponse { DeletedInstanceCount = _hub.Purge(purge.InstanceId) ? 1 : 0 }, 0);
            case "QueryInstances":
                var prefix = QueryInstancesRequest.Parser.ParseFrom(request).Query.InstanceIdPrefix ?? string.Empty;
                return (new QueryInstancesResponse { OrchestrationState = { _hub.Instances.Where(each => each.Id.StartsWith(prefix, StringComparison.Ordinal)).Select(State) } }, 0);
            default:
                return (null, 12);
        }
    }

    private static (IMessage? Reply, int Status) Sent(bool? sent, IMessage reply) => sent switch
    {
        null => (null, 5),
        false => (null, 9),
        true => (reply, 0),
    };

    private static OrchestrationState State(PlayedInstance instance) => new()
    {
        InstanceId = instance.Id,
        Name = instance.Name,
        OrchestrationStatus = instance.Status,
        CreatedTimestamp = Timestamp.FromDateTimeOffset(instance.CreatedAt),
        LastUpdatedTimestamp = Timestamp.FromDateTimeOffset(instance.UpdatedAt),
        Input = instance.Input,
        Output = instance.Output,
        CustomStatus = instance.CustomStatus,
    };
}
