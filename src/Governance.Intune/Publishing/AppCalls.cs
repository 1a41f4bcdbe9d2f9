using System.Text.Json;
using Governance.Core;
using Governance.Intune.Graph;
using Microsoft.Graph;
using Microsoft.Graph.DeviceAppManagement.MobileApps.Item.Assign;
using Microsoft.Graph.Models;

namespace Governance.Intune.Publishing;

/// <summary>The calls on apps and their assignments, each with its plan.</summary>
internal sealed class AppCalls(Func<GraphServiceClient> graph, GraphCaller caller)
{
    public Task<GraphReply<Win32LobApp>> Get(CallFor whose, string app, bool propagates, CancellationToken cancellation) => caller.Send(
        CallPlan.Read("get app", propagates),
        whose,
        async (call, token) => await graph().DeviceAppManagement.MobileApps[app].GetAsync(call.Attach, token).ConfigureAwait(false) as Win32LobApp,
        cancellation);

    /// <summary>All apps that carry the correlation id, whatever their number.</summary>
    /// <remarks>Where Graph refuses to look into notes, apps of that name are read and their notes compared here.</remarks>
    public async Task<GraphReply<List<MobileApp>>> FindMarked(CallFor whose, CorrelationId id, string displayName, CancellationToken cancellation)
    {
        var needle = NotesMarker.Needle(id);
        var found = await List(whose, $"isof('microsoft.graph.win32LobApp') and contains(notes,'{needle}')", cancellation).ConfigureAwait(false);
        if (found.Fault?.Status == 400)
        {
            found = await List(whose, $"displayName eq '{displayName.Replace("'", "''", StringComparison.Ordinal)}'", cancellation).ConfigureAwait(false);
        }

        return found.Ok
            ? GraphReply<List<MobileApp>>.Of(found.Value!.FindAll(app => NotesMarker.Find(app.Notes)?.CorrelationId == id))
            : found;
    }

    /// <param name="whose">For whom.</param>
    /// <param name="body">Makes a new object for each sending: one that was sent before would be sent without its properties.</param>
    /// <param name="cancellation">Ends it.</param>
    public Task<GraphReply<Win32LobApp>> Create(CallFor whose, Func<Win32LobApp> body, CancellationToken cancellation) => caller.Send(
        CallPlan.Create("create app"),
        whose,
        async (call, token) => await graph().DeviceAppManagement.MobileApps.PostAsync(body(), call.Attach, token).ConfigureAwait(false) as Win32LobApp,
        cancellation);

    public Task<GraphReply<Win32LobApp>> Patch(CallFor whose, string operation, string app, Func<Win32LobApp> body, CancellationToken cancellation) =>
        caller.Send(
            CallPlan.Repeatably(operation, propagates: true),
            whose,
            async (call, token) =>
                await graph().DeviceAppManagement.MobileApps[app].PatchAsync(body(), call.Attach, token).ConfigureAwait(false) as Win32LobApp,
            cancellation);

    public Task<GraphReply<bool>> Delete(CallFor whose, string app, CancellationToken cancellation) => caller.Send(
        CallPlan.Repeatably("delete app"),
        whose,
        async (call, token) =>
        {
            await graph().DeviceAppManagement.MobileApps[app].DeleteAsync(call.Attach, token).ConfigureAwait(false);
            return true;
        },
        cancellation);

    public Task<GraphReply<List<MobileAppAssignment>>> Assignments(CallFor whose, string app, CancellationToken cancellation) => caller.Send(
        CallPlan.Read("list assignments", propagates: true),
        whose,
        async (call, token) =>
        {
            var all = new List<MobileAppAssignment>();
            var builder = graph().DeviceAppManagement.MobileApps[app].Assignments;
            var page = await builder.GetAsync(call.Attach, token).ConfigureAwait(false);
            for (string? last = null; ; page = await builder.WithUrl(last).GetAsync(call.Attach, token).ConfigureAwait(false))
            {
                all.AddRange(page?.Value ?? []);
                last = NextPage(page?.OdataNextLink, last);
                if (last is null)
                {
                    return (List<MobileAppAssignment>?)all;
                }

                await call.Turn(token).ConfigureAwait(false);
            }
        },
        cancellation);

    /// <summary>Replaces the whole set.</summary>
    public Task<GraphReply<bool>> Assign(CallFor whose, string app, Func<List<MobileAppAssignment>> body, CancellationToken cancellation) => caller.Send(
        CallPlan.Repeatably("assign", propagates: true),
        whose,
        async (call, token) =>
        {
            await graph().DeviceAppManagement.MobileApps[app].Assign
                .PostAsync(new AssignPostRequestBody { MobileAppAssignments = body() }, call.Attach, token).ConfigureAwait(false);
            return true;
        },
        cancellation);

    /// <summary>One cheap read.</summary>
    public Task<GraphReply<bool>> Probe(CancellationToken cancellation) => caller.Send(
        CallPlan.Read("probe"),
        default,
        async (call, token) =>
        {
            await graph().DeviceAppManagement.MobileApps.GetAsync(
                c =>
                {
                    call.Attach(c);
                    c.QueryParameters.Top = 1;
                    c.QueryParameters.Select = ["id"];
                },
                token).ConfigureAwait(false);
            return true;
        },
        cancellation);

    /// <summary>A link that repeats would be followed for ever.</summary>
    /// <exception cref="JsonException">It repeats: the answer can't be read to its end.</exception>
    internal static string? NextPage(string? next, string? last) =>
        next is not null && next == last ? throw new JsonException("A page names itself as the next one.") : next;

    private Task<GraphReply<List<MobileApp>>> List(CallFor whose, string filter, CancellationToken cancellation) => caller.Send(
        CallPlan.Read("find app"),
        whose,
        async (call, token) =>
        {
            var all = new List<MobileApp>();
            var builder = graph().DeviceAppManagement.MobileApps;
            var page = await builder.GetAsync(
                c =>
                {
                    call.Attach(c);
                    c.QueryParameters.Filter = filter;
                    c.QueryParameters.Select = ["id", "displayName", "notes"];
                    c.QueryParameters.Top = 100;
                },
                token).ConfigureAwait(false);
            for (string? last = null; ; page = await builder.WithUrl(last).GetAsync(call.Attach, token).ConfigureAwait(false))
            {
                all.AddRange(page?.Value ?? []);
                last = NextPage(page?.OdataNextLink, last);
                if (last is null)
                {
                    return (List<MobileApp>?)all;
                }

                await call.Turn(token).ConfigureAwait(false);
            }
        },
        cancellation);
}
