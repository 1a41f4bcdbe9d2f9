using System.Collections.Immutable;
using System.Security.Claims;
using Governance.Core;
using Governance.Core.Events;
using Governance.Functions.Http;
using Governance.Functions.SignIn;

namespace Governance.Functions.Tests.SignIn;

public sealed class ReadingCallers
{
    private static readonly Guid Tenant = new("11111111-1111-4111-8111-111111111111");
    private static readonly PersonId Me = new(new Guid("33333333-3333-4333-8333-333333333333"));
    private static readonly PersonId Owner = new(new Guid("44444444-4444-4444-8444-444444444444"));

    private static readonly SignInSettings Settings = new(
        SignInMode.Entra, Tenant, Guid.Empty, new Uri("https://localhost"), "cab.access", false,
        ImmutableDictionary<PersonId, ImmutableArray<PersonId>>.Empty.Add(Me, [Owner]), TimeSpan.FromHours(1), new(null, null), null);

    [Fact]
    public void A_person_has_the_roles_of_the_token()
    {
        var caller = Read(("scp", "other cab.access"), ("roles", "CabApprover"), ("roles", "Auditor"), ("roles", "GlobalAdmin"), ("azp", Tenant.ToString())).Caller!;
        Assert.Equal(new Caller(Me, CallerKind.User, Roles.CabApprover | Roles.Auditor, Tenant, Tenant, ImmutableArray<PersonId>.Empty), caller);
        Assert.Equal(Actor.User(Me), caller.Actor);
    }

    [Theory]
    [InlineData("idtyp", "app")]
    [InlineData("azp", "not-a-uuid")]
    public void An_application_has_owners_and_no_role_that_only_people_have(string claim, string value)
    {
        var caller = Read([(claim, value), .. RoleNames.Single.Select(role => ("roles", role.ToString()))]).Caller!;
        Assert.Equal((CallerKind.App, Roles.Publisher | Roles.Auditor), (caller.Kind, caller.Roles));
        Assert.Equal([Owner], caller.Owners);
        Assert.Equal(Actor.App(Me), caller.Actor);
    }

    [Fact]
    public void A_token_that_says_it_is_a_persons_needs_the_scope()
    {
        Assert.Equal("SCOPE_MISSING", Refusal(Read(("idtyp", "user"))).Code);
        Assert.Equal("SCOPE_MISSING", Refusal(Read(("scp", "cab.access.more User.Read"))).Code);
    }

    [Theory]
    [InlineData("acct", "1", true)]
    [InlineData("acct", "0", false)]
    [InlineData("idp", "https://sts.windows.net/99999999-9999-4999-8999-999999999999/", true)]
    [InlineData("idp", "live.com", true)]
    [InlineData("idp", "https://sts.windows.net/11111111-1111-4111-8111-111111111111/", false)]
    public void A_guest_is_refused_and_where_guests_may_come_in_decides_nothing(string claim, string value, bool guest)
    {
        (string, string)[] claims = [(claim, value), ("scp", "cab.access"), ("roles", "CabApprover"), ("roles", "Publisher")];
        Assert.Equal(guest, Read(claims).Caller is null);
        if (guest)
        {
            Assert.Equal("GUEST_REFUSED", Refusal(Read(claims)).Code);
        }

        Assert.Equal(guest ? Roles.Publisher : Roles.Publisher | Roles.CabApprover, Read(Settings with { AllowGuests = true }, claims).Caller!.Roles);
    }

    [Theory]
    [InlineData("99999999-9999-4999-8999-999999999999", "33333333-3333-4333-8333-333333333333")]
    [InlineData("", "33333333-3333-4333-8333-333333333333")]
    [InlineData("11111111-1111-4111-8111-111111111111", "00000000-0000-0000-0000-000000000000")]
    [InlineData("11111111-1111-4111-8111-111111111111", "me@contoso.com")]
    public void A_token_of_another_tenant_or_of_nobody_is_refused(string tid, string oid)
    {
        var principal = new ClaimsPrincipal(new ClaimsIdentity([new("tid", tid), new("oid", oid), new("scp", "cab.access")], "Bearer"));
        Assert.Equal("TOKEN_REFUSED", Refusal(CallerClaims.Read(principal, Settings)).Code);
    }

    [Fact]
    public void Roles_are_named_as_in_the_registration()
    {
        Assert.Equal(["Publisher", "CabApprover", "SecurityReviewer", "Auditor", "PlatformAdmin"], Roles.Any.Names());
        Assert.Equal(Roles.None, RoleNames.Read(["publisher", "", "Any", "PeopleOnly", "1"]));
    }

    private static CallerClaims.Result Read(params (string Type, string Value)[] claims) => Read(Settings, claims);

    private static CallerClaims.Result Read(SignInSettings settings, params (string Type, string Value)[] claims) => CallerClaims.Read(
        new ClaimsPrincipal(new ClaimsIdentity(
            [new("tid", Tenant.ToString()), new("oid", Me.ToString()), .. claims.Select(claim => new Claim(claim.Type, claim.Value))], "Bearer")),
        settings);

    private static ProblemResult Refusal(CallerClaims.Result result) => Assert.IsType<ProblemResult>(result.Refused);
}
