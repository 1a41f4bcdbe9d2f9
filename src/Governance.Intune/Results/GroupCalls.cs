using Governance.Core.Rollout;
using Governance.Intune.Graph;
using Governance.Intune.Publishing;
using Microsoft.Graph;
using Microsoft.Graph.Models;

namespace Governance.Intune.Results;

/// <summary>Reads whom groups reach: devices that never checked in have no row in any report.</summary>
internal sealed class GroupCalls(Func<GraphServiceClient> graph, GraphCaller caller)
{
    /// <summary>Members of all included groups without those of the excluded ones, each once.</summary>
    public async Task<GraphReply<RingMembers>> Members(CallFor whose, AssignmentSet groups, CancellationToken cancellation)
    {
        var members = new Dictionary<string, DirectoryObject>(StringComparer.OrdinalIgnoreCase);
        foreach (var group in groups.Include)
        {
            var page = await Transitive(whose, group, cancellation).ConfigureAwait(false);
            if (!page.Ok)
            {
                return new(null, page.Fault, page.Approval);
            }

            foreach (var member in page.Value!.Where(m => m.Id is not null))
            {
                members[member.Id!] = member;
            }
        }

        foreach (var group in groups.Exclude)
        {
            var page = await Transitive(whose, group, cancellation).ConfigureAwait(false);
            if (!page.Ok)
            {
                return new(null, page.Fault, page.Approval);
            }

            foreach (var member in page.Value!.Where(m => m.Id is not null))
            {
                members.Remove(member.Id!);
            }
        }

        return GraphReply<RingMembers>.Of(new RingMembers(
            [.. members.Values.OfType<Device>().Select(d => new MemberDevice(d.Id!, d.DeviceId ?? string.Empty, d.DisplayName ?? string.Empty))],
            [.. members.Values.OfType<User>().Select(u => new MemberUser(u.Id!, u.UserPrincipalName ?? string.Empty))]));
    }

    private Task<GraphReply<List<DirectoryObject>>> Transitive(CallFor whose, Guid group, CancellationToken cancellation) => caller.Send(
        CallPlan.Read("list group members"),
        whose,
        async (call, token) =>
        {
            var all = new List<DirectoryObject>();
            var builder = graph().Groups[group.ToString("D")].TransitiveMembers;
            var page = await builder.GetAsync(
                c =>
                {
                    call.Attach(c);
                    c.QueryParameters.Top = 999;
                    c.QueryParameters.Select = ["id", "displayName", "deviceId", "userPrincipalName"];
                },
                token).ConfigureAwait(false);
            for (string? last = null; ; page = await builder.WithUrl(last).GetAsync(call.Attach, token).ConfigureAwait(false))
            {
                all.AddRange(page?.Value ?? []);
                last = AppCalls.NextPage(page?.OdataNextLink, last);
                if (last is null)
                {
                    return (List<DirectoryObject>?)all;
                }

                await call.Turn(token).ConfigureAwait(false);
            }
        },
        cancellation);
}
