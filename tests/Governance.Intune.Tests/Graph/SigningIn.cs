using System.Buffers.Text;
using System.Text;
using Azure.Core;
using Azure.Identity;
using Governance.Intune.Graph;
using Governance.Intune.Tests.Support;

namespace Governance.Intune.Tests.Graph;

public sealed class SigningIn
{
    private const string Ours = "0f0f0f0f-1111-4222-8333-444444444444";

    [Fact]
    public async Task A_token_of_another_tenant_is_refused_before_any_call()
    {
        var theirs = new TenantBoundCredential(new Fixed(Token("{\"tid\":\"99999999-1111-4222-8333-444444444444\"}")), Ours);

        await Assert.ThrowsAsync<WrongTenantException>(async () => await theirs.GetTokenAsync(new(["x"]), default));
        Assert.Throws<WrongTenantException>(() => theirs.GetToken(new(["x"]), default));
    }

    [Fact]
    public async Task A_token_of_our_tenant_passes_and_without_a_setting_any_does()
    {
        var token = Token($"{{\"tid\":\"{Ours.ToUpperInvariant()}\"}}");

        Assert.Equal(token, (await new TenantBoundCredential(new Fixed(token), Ours).GetTokenAsync(new(["x"]), default)).Token);
        Assert.Equal("opaque", new TenantBoundCredential(new Fixed("opaque"), null).GetToken(new(["x"]), default).Token);
    }

    [Theory]
    [InlineData("opaque")]
    [InlineData("a.!!!.c")]
    [InlineData("a.bm90IGpzb24.c")]
    [InlineData("a.e30.c")]
    public void A_token_that_cannot_be_read_names_no_tenant(string token) => Assert.Null(TenantBoundCredential.TenantOf(token));

    [Fact]
    public void Each_way_to_sign_in_names_its_credential()
    {
        Assert.IsType<ManagedIdentityCredential>(GraphSignIn.Credential(new()));
        Assert.IsType<ManagedIdentityCredential>(GraphSignIn.Credential(new() { ClientId = Ours }));
        Assert.IsType<WorkloadIdentityCredential>(GraphSignIn.Credential(new() { Kind = IntuneSignInKind.WorkloadIdentity, TenantId = Ours, ClientId = Ours }));
        Assert.IsType<ClientCertificateCredential>(GraphSignIn.Credential(
            new() { Kind = IntuneSignInKind.Certificate, TenantId = Ours, ClientId = Ours, CertificatePath = "app.pem" }));
        Assert.Null(GraphSignIn.Credential(new() { Kind = IntuneSignInKind.Anonymous }));
        Assert.NotNull(GraphSignIn.Provider(new()));
    }

    [Fact]
    public async Task A_sign_in_that_fails_is_an_answer_of_the_connector_not_an_exception()
    {
        await using var tenant = await Tenant.Start(o => o with { RequireToken = true });

        var health = await tenant.Plane(o => o with { SignIn = new() { Kind = IntuneSignInKind.Certificate, TenantId = Ours, ClientId = Ours, CertificatePath = "/no/such.pem" } })
            .Health(default);

        Assert.Equal(Governance.Core.Rollout.PlaneStatus.Unavailable, health.Status);
        Assert.Empty(tenant.Simulator.Journal.Entries);
    }

    [Fact]
    public void Settings_that_cannot_be_used_are_all_named_at_once()
    {
        var options = new IntuneOptions
        {
            BaseAddress = new("http://graph.example.com/v1.0"),
            SignIn = new() { Kind = IntuneSignInKind.Anonymous },
            BlockBytes = 1,
            ApprovalJustification = "",
            Budget = new() { WritesPerWindow = 0 },
            App = new() { Architectures = "x64,itanium" },
        };

        var refused = Assert.Throws<ArgumentException>(() => IntunePlaneFactory.Create(options, TimeProvider.System, new CapturedLogs()));

        Assert.Equal(6, options.Problems().Count());
        Assert.All(options.Problems(), problem => Assert.Contains(problem, refused.Message));
        Assert.Single(new IntuneOptions { SignIn = new() { Kind = IntuneSignInKind.Certificate } }.Problems());
        Assert.Empty(new IntuneOptions().Problems());
    }

    private static string Token(string payload) => $"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload))}.c2ln";

    private sealed class Fixed(string token) : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(token, DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
