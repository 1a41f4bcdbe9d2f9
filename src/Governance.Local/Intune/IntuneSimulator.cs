using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Governance.Local.Intune;

/// <summary>
/// A Microsoft Graph that answers what the Intune connector asks, with an upload target and devices behind it. One instance is one tenant;
/// everything is in memory. <see cref="Handle"/> serves it under any server.
/// </summary>
internal sealed class IntuneSimulator
{
    // Graph's own limit is 4 MB; blocks may be larger.
    private const int MostBytes = 4 << 20, MostBlockBytes = 100 << 20;
    private readonly GraphRouter _router;
    private readonly ControlEndpoints _control;

    public IntuneSimulator(IntuneSimulatorOptions options, TimeProvider clock)
    {
        Clock = new(clock, options.TimeFactor);
        var dice = new SimulatorDice(options.Seed);
        Tenant = new(options, Clock, dice);
        Approvals = new(Tenant);
        Faults = new(dice);
        Journal = new(options.JournalEntries);
        _router = new(Tenant, Approvals);
        _control = new(this);
    }

    /// <summary>The tenant's time.</summary>
    public SimulatorClock Clock { get; }

    /// <summary>What the tenant holds; tests read it, and act on it as an administrator would behind our back.</summary>
    public SimulatedTenant Tenant { get; }

    /// <summary>The tenant's own second approval.</summary>
    public ApprovalDesk Approvals { get; }

    /// <summary>How it misbehaves.</summary>
    public FaultBook Faults { get; }

    /// <summary>What was asked.</summary>
    public Journal Journal { get; }

    /// <summary>Answers one request.</summary>
    public async Task Handle(HttpContext context)
    {
        var body = await Read(context.Request, context.RequestAborted);
        var call = new SimulatedCall(
            context.Request, body ?? [], $"{context.Request.Scheme}://{context.Request.Host}{context.Request.PathBase}", Tenant.Dice.Id());
        if (call.Segments is ["_sim", .. var command] && Tenant.Options.Control)
        {
            var done = _control.Route(call, command);
            Keep(call);
            await Send(context, call, done);
            return;
        }

        var kind = call.Segments is ["blob", ..] ? call.Query("comp") ?? "blob" : string.Empty;
        var effect = Faults.Hit(call.Method, kind.Length > 0 ? $"{call.Path}?comp={kind}" : call.Path);
        if (effect is { DropBefore: true })
        {
            Note(call, kind, 0, dropped: true);
            context.Abort();
            return;
        }

        await Wait(effect?.DelayBefore);
        call.ForcedEnd = effect?.End;
        var reply = body is null ? SimulatedReply.Error(call, 413, "RequestEntityTooLarge", "The request is too large.", Tenant.Now)
            : effect?.Answer is { } answer ? Injected(call, answer)
            : _router.Route(call, effect?.Corrupt ?? false);
        Keep(call);
        Note(call, kind, reply.Status, effect?.DropAfter ?? false);
        await Wait(effect?.DelayAfter);
        if (effect is { DropAfter: true })
        {
            context.Abort();
            return;
        }

        await Send(context, call, reply);
    }

    private static async Task<byte[]?> Read(HttpRequest request, CancellationToken cancellation)
    {
        var limit = request.Path.StartsWithSegments("/blob") ? MostBlockBytes : MostBytes;
        if (request.ContentLength is { } length)
        {
            if (length > limit)
            {
                return null;
            }

            var exact = new byte[length];
            await request.Body.ReadExactlyAsync(exact, cancellation);
            return exact;
        }

        var body = new MemoryStream();
        var buffer = new byte[8192];
        for (int read; (read = await request.Body.ReadAsync(buffer, cancellation)) > 0;)
        {
            body.Write(buffer, 0, read);
            if (body.Length > limit)
            {
                return null;
            }
        }

        return body.ToArray();
    }

    // Whatever this request may have changed is on disk before anybody is told.
    private void Keep(SimulatedCall call)
    {
        if (Tenant.File is not { } file)
        {
            return;
        }

        if (call.Segments is ["blob", ..] && Tenant.Blobs.TryGetValue(call.Path, out var blob))
        {
            file.Keep(blob);
        }

        IEnumerable<SimulatedApp> touched = call.Segments switch
        {
            [_, "deviceAppManagement", "mobileApps"] when call.Method == "POST" => Tenant.Apps.Where(app => !file.Knows(app.Id)),
            [_, "deviceAppManagement", "mobileApps", var id, ..] when Tenant.Find(id) is { } app => [app],
            ["_sim", "apps", var id, ..] when Tenant.Find(id) is { } app => [app],
            _ => [],
        };
        foreach (var app in touched)
        {
            file.Keep(app);
        }
    }

    private Task Wait(TimeSpan? time) =>
        // Not ended by the caller's going away: what was begun is carried out, as on the real service.
        time is { } wait && wait > TimeSpan.Zero ? Clock.Delay(wait, CancellationToken.None) : Task.CompletedTask;

    private SimulatedReply Injected(SimulatedCall call, FaultAnswer answer)
    {
        var reply = answer.Body switch
        {
            FaultBody.Html => new SimulatedReply(answer.Status, Encoding.UTF8.GetBytes("<html><body><h1>Service unavailable</h1></body></html>"), "text/html"),
            FaultBody.Empty => new SimulatedReply(answer.Status, ReadOnlyMemory<byte>.Empty, null),
            FaultBody.Intune => SimulatedReply.IntuneError(call, answer.Status, answer.Code, answer.Message, Tenant.Now),
            _ => SimulatedReply.Error(call, answer.Status, answer.Code, answer.Message, Tenant.Now),
        };
        return answer.RetryAfter is { } text ? reply with { Headers = [new("Retry-After", text)] } : reply;
    }

    private void Note(SimulatedCall call, string kind, int status, bool dropped)
    {
        var hash = kind.Length > 0 || call.Body.Length == 0 ? null : Convert.ToHexStringLower(SHA256.HashData(call.Body));
        Journal.Add(new(call.Method, call.Path, kind, status, dropped, hash, call.ClientRequestId, call.RetryAttempt, call.Authorization is not null) { TraceParent = call.TraceParent });
    }

    private static async Task Send(HttpContext context, SimulatedCall call, SimulatedReply reply)
    {
        var response = context.Response;
        response.StatusCode = reply.Status;
        response.Headers["request-id"] = call.RequestId.ToString();
        response.Headers["client-request-id"] = call.ClientRequestId;
        response.Headers["odata-version"] = "4.0";
        response.Headers["x-ms-ags-diagnostic"] = """{"ServerInfo":{"DataCenter":"Local","Slice":"E","Ring":"0","ScaleUnit":"000","RoleInstance":"simulator"}}""";
        foreach (var (name, value) in reply.Headers)
        {
            response.Headers[name] = value;
        }

        if (reply.ContentType is not null)
        {
            response.ContentType = reply.ContentType;
            response.ContentLength = reply.Body.Length;
            await response.Body.WriteAsync(reply.Body, context.RequestAborted);
        }
    }
}
