using Governance.Core;
using Governance.Core.Deployments;
using Governance.Functions.Cab;
using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Governance.Functions.Pages;
using Governance.Functions.SignIn;
using Governance.Storage.Streams;

namespace Governance.Functions.Review;

/// <summary>GET /review/{id} and what is posted from it.</summary>
internal static class ReviewPage
{
    private static readonly Dictionary<string, string> Done = new(StringComparer.Ordinal)
    {
        ["voted"] = "Your vote is recorded.",
        ["revoked"] = "The approval is taken back; the CAB is asked again.",
        ["emergency"] = "It is approved in an emergency; the review is due.",
        ["reviewed"] = "Your review is recorded.",
    };

    internal static async Task<IResult> Show(ApiRequest request, string? done) =>
        await Render(request, Notice.Of(done is not null && Done.TryGetValue(done, out var said) ? said : null), form: null, StatusCodes.Status200OK);

    internal static Task<IResult> Vote(ApiRequest request, Posted<VoteWish> posted) =>
        Carry(request, posted, "voted", (commands, id, wish) => commands.Vote(id, request.Caller.Actor, wish, request.Cancellation));

    internal static Task<IResult> Revoke(ApiRequest request, Posted<string> posted) =>
        Carry(request, posted, "revoked", (commands, id, reason) => commands.Revoke(id, request.Caller.Actor, reason, request.Cancellation));

    internal static Task<IResult> ApproveInEmergency(ApiRequest request, Posted<EmergencyWish> posted) =>
        Carry(request, posted, "emergency", (commands, id, wish) => commands.ApproveInEmergency(id, request.Caller.Actor, wish, request.Cancellation));

    internal static Task<IResult> ReviewEmergency(ApiRequest request, Posted<ReviewWish> posted) =>
        Carry(request, posted, "reviewed", (commands, id, wish) => commands.Review(id, request.Caller.Actor, wish, request.Cancellation));

    // What went through is shown by a GET of its own; what did not is shown with the reason above and the words that were typed still in the form.
    private static async Task<IResult> Carry<T>(
        ApiRequest request, Posted<T> posted, string done, Func<CabCommands, CorrelationId, T, Task<ChangeResult<DeploymentState>>> command)
    {
        if (posted.Form.Errors.Count > 0)
        {
            return await Render(request, Notice.Of(posted.Form.Errors), posted.Form, StatusCodes.Status400BadRequest);
        }

        var id = request.Id<CorrelationId>();
        return await command(request.Service<CabCommands>(), id, posted.Wish) switch
        {
            ChangeResult<DeploymentState>.Refused refused => await Render(request, Notice.Of(refused.Reason), posted.Form, refused.Reason.Status),
            ChangeResult<DeploymentState>.Missing => Problems.From(new DeploymentUnknown()),
            { Settled: not null } => new SeeOther($"/review/{id}?done={done}"),
            _ => Problems.Unavailable(TimeSpan.FromSeconds(1)),
        };
    }

    private static async Task<IResult> Render(ApiRequest request, Notice? notice, FormFields? form, int status)
    {
        if (await request.Service<ReviewFiles>().Open(request.Id<CorrelationId>(), request.Cancellation) is not { } file)
        {
            return Problems.From(new DeploymentUnknown());
        }

        var (state, person) = (file.State, PageSessions.Person(request.Http, request.Caller));
        return new PageResult(
            Layout.Page(
                $"{state.Request.AppName} {state.Request.Version}",
                Html.Of($"""
                    <p><a href="/review">To the queue</a></p>
                    <h1>{Shown.Text(state.Request.AppName)} {Shown.Text(state.Request.Version)}</h1>
                    {Html.Where(notice, given => given.Show())}
                    {SummarySection.Write(file)}
                    <nav aria-label="On this page"><ul>
                    <li><a href="#risk">Risk</a></li><li><a href="#changes">What changed</a></li><li><a href="#decision">Decision</a></li><li><a href="#evidence">Evidence</a></li><li><a href="#timeline">Timeline</a></li>
                    </ul></nav>
                    {ConditionsSection.Write(file)}
                    {RiskSection.Write(file)}
                    {DifferenceSection.Write(file)}
                    {RulesSection.Write(file)}
                    {DecisionSection.Write(file, person, form)}
                    {EvidenceSection.Write(file)}
                    {RolloutSection.Write(file)}
                    {TimelineSection.Write(file)}
                    """),
                person),
            status);
    }
}
