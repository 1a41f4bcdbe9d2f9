using System.Net;
using Governance.Teams.Approvers;
using Governance.Teams.Tests.Testing;
using Governance.Testing;
using Governance.Testing.Deployments;
using Microsoft.Extensions.Logging.Abstractions;

namespace Governance.Teams.Tests.Approvers;

public sealed class AskingTheDirectory : IDisposable
{
    private static readonly Guid Resource = new("a9900000-0000-4000-8000-000000000001");
    private static readonly Guid Role = new("a9900000-0000-4000-8000-000000000002");

    private readonly FakeClock _clock = new();
    private string _user = User();
    private string _roles = Assigned(Resource, Role);
    private HttpStatusCode _status = HttpStatusCode.OK;
    private readonly FakeHttp _http;
    private readonly GraphApprovers _directory;

    public AskingTheDirectory()
    {
        _http = new((request, _) => FakeHttp.Json(request.RequestUri!.AbsolutePath.EndsWith("appRoleAssignments", StringComparison.Ordinal) ? _roles : _user, _status));
        _directory = new(new() { Source = ApproverSource.Graph, ResourceId = Resource, RoleId = Role }, _http.Client, new NoTokens(), _clock, NullLogger.Instance);
    }

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task A_member_with_the_role_is_an_approver_and_known_by_name()
    {
        Assert.Null(_directory.NameOf(People.Bob));
        Assert.Equal(ApproverStanding.Approver, await Find());
        Assert.Equal("Bob", _directory.NameOf(People.Bob));
        Assert.Contains(_http.Asked, asked => asked.Address.PathAndQuery == $"/v1.0/users/{People.Bob}?$select=id,displayName,accountEnabled,userType");
        Assert.All(_http.Asked, asked => Assert.Equal("token for https://graph.microsoft.com/.default", asked.Token));
    }

    [Fact]
    public async Task A_guest_a_disabled_account_and_whoever_has_another_role_are_not()
    {
        _user = User(type: "Guest");
        Assert.Equal(ApproverStanding.Guest, await Find());
        _user = User(enabled: false);
        Assert.Equal(ApproverStanding.Disabled, await FindLater());
        _user = $$"""{"id": "{{People.Bob}}", "accountEnabled": true}""";
        Assert.Equal(ApproverStanding.Guest, await FindLater());
        _user = $$"""{"id": "{{People.Bob}}"}""";
        Assert.Equal(ApproverStanding.Disabled, await FindLater());
        (_user, _roles) = (User(), Assigned(Resource, Guid.NewGuid()));
        Assert.Equal(ApproverStanding.NotApprover, await FindLater());
        _roles = Assigned(Guid.NewGuid(), Role);
        Assert.Equal(ApproverStanding.NotApprover, await FindLater());
        _roles = """{"value": []}""";
        Assert.Equal(ApproverStanding.NotApprover, await FindLater());
        _roles = "{}";
        Assert.Equal(ApproverStanding.NotApprover, await FindLater());
    }

    [Fact]
    public async Task Whoever_does_not_exist_or_is_another_is_none()
    {
        _status = HttpStatusCode.NotFound;
        Assert.Equal(ApproverStanding.NotApprover, await Find());
        (_status, _user) = (HttpStatusCode.OK, User().Replace(People.Bob.ToString(), People.Carol.ToString(), StringComparison.Ordinal));
        Assert.Equal(ApproverStanding.NotApprover, await FindLater());
    }

    [Fact]
    public async Task What_the_directory_does_not_say_is_unknown_and_asked_again()
    {
        _status = HttpStatusCode.ServiceUnavailable;
        Assert.Equal(ApproverStanding.Unknown, await Find());
        (_status, _user) = (HttpStatusCode.OK, "not json");
        Assert.Equal(ApproverStanding.Unknown, await Find());
        _user = "[]";
        Assert.Equal(ApproverStanding.Unknown, await Find());
        _user = User();
        Assert.Equal(ApproverStanding.Approver, await Find());
    }

    [Fact]
    public async Task An_answer_holds_for_a_minute_and_no_longer()
    {
        await Find();
        _roles = """{"value": []}""";
        Assert.Equal(ApproverStanding.Approver, await Find());
        Assert.Equal(2, _http.Asked.Count);

        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(ApproverStanding.NotApprover, await Find());
    }

    [Fact]
    public async Task Without_a_token_nobody_is_known() => Assert.Equal(
        ApproverStanding.Unknown,
        await new GraphApprovers(new() { ResourceId = Resource, RoleId = Role }, _http.Client, new FailingTokens(), _clock, NullLogger.Instance).Find(People.Bob, CancellationToken.None));

    [Fact]
    public async Task A_list_names_everybody_who_may()
    {
        var listed = new ListedApprovers([People.Bob]);
        Assert.Equal(ApproverStanding.Approver, await listed.Find(People.Bob, CancellationToken.None));
        Assert.Equal(ApproverStanding.NotApprover, await listed.Find(People.Carol, CancellationToken.None));
        Assert.Equal(ApproverStanding.NotApprover, await new ListedApprovers([]).Find(People.Bob, CancellationToken.None));
        Assert.Null(listed.NameOf(People.Bob));
    }

    private static string User(string type = "Member", bool enabled = true) =>
        $$"""{"id": "{{People.Bob}}", "displayName": "Bob", "accountEnabled": {{(enabled ? "true" : "false")}}, "userType": "{{type}}"}""";

    private static string Assigned(Guid resource, Guid role) => $$"""{"value": [{"resourceId": "{{resource}}", "appRoleId": "{{role}}"}]}""";

    private async Task<ApproverStanding> Find() => await _directory.Find(People.Bob, CancellationToken.None);

    private async Task<ApproverStanding> FindLater()
    {
        _clock.Advance(TimeSpan.FromMinutes(1));
        return await Find();
    }
}
