using System.Text.Json.Nodes;
using Governance.Teams.Cab;
using Governance.Teams.SignIn;
using Governance.Teams.Tests.Testing;
using Governance.Testing.Deployments;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Governance.Teams.Tests.SignIn;

public sealed class ProvingTheConnector : IDisposable
{
    private readonly Bench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_token_of_the_connector_for_this_bot_and_service_is_taken()
    {
        var answer = await _bench.Tap(People.Bob);

        Assert.Contains("Your approval is recorded.", answer.Card().Texts(), StringComparison.Ordinal);
        Assert.Equal(Core.Cab.CabDecision.Approved, _bench.Desk.State.Cab!.Decision);
    }

    public static TheoryData<string, Action<SecurityTokenDescriptor>> WrongTokens => new()
    {
        { "another issuer", token => token.Issuer = "https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/" },
        { "another bot", token => token.Audience = Guid.NewGuid().ToString() },
        { "expired six minutes ago", token => token.Expires = token.NotBefore!.Value.AddMinutes(-6) },
        { "not valid for six minutes", token => token.NotBefore = token.NotBefore!.Value.AddMinutes(6) },
        { "no end", token => token.Expires = null },
        { "no signature", token => token.SigningCredentials = null },
    };

    [Theory]
    [MemberData(nameof(WrongTokens), DisableDiscoveryEnumeration = true)]
    public async Task A_token_that_does_not_hold_is_refused_and_nothing_changes(string what, Action<SecurityTokenDescriptor> change)
    {
        Assert.NotEmpty(what);
        await Refused(_bench.Issuer.Token(Bench.ServiceUrl, token =>
        {
            change(token);
            if (token.Expires < token.NotBefore)
            {
                token.NotBefore = token.Expires.Value.AddHours(-1);
            }
        }));
    }

    [Fact]
    public async Task Five_minutes_of_difference_between_clocks_are_forgiven()
    {
        var answer = await _bench.Deliver(_bench.Press(People.Bob), _bench.Issuer.Token(Bench.ServiceUrl, token =>
            (token.NotBefore, token.Expires) = (token.NotBefore!.Value.AddHours(-1), token.NotBefore.Value.AddMinutes(-4))));

        Assert.NotNull(answer.Card());
    }

    [Fact]
    public async Task A_signature_by_another_key_or_algorithm_is_refused()
    {
        using var other = System.Security.Cryptography.RSA.Create(2048);
        await Refused(_bench.Issuer.Token(Bench.ServiceUrl, token => token.SigningCredentials = new(new RsaSecurityKey(other) { KeyId = _bench.Issuer.Kid }, SecurityAlgorithms.RsaSha256)));
        await Refused(_bench.Issuer.Token(Bench.ServiceUrl, token => token.SigningCredentials = new(new RsaSecurityKey(other) { KeyId = "unknown" }, SecurityAlgorithms.RsaSha256)));

        // The public key as a shared secret.
        await Refused(_bench.Issuer.Token(Bench.ServiceUrl, token =>
            token.SigningCredentials = new(new SymmetricSecurityKey(_bench.Issuer.PublicKey) { KeyId = _bench.Issuer.Kid }, SecurityAlgorithms.HmacSha256)));
        await Refused(_bench.Issuer.Token(Bench.ServiceUrl)[..^8]);
        await Refused("a.b.c");
        await Refused(new string('x', 10_000));
    }

    [Theory]
    [InlineData("")]
    [InlineData("webchat")]
    [InlineData(null)]
    public async Task A_key_that_is_not_endorsed_for_Teams_signs_nothing(string? endorsements)
    {
        _bench.Issuer.Endorsements = endorsements?.Split(',', StringSplitOptions.RemoveEmptyEntries);

        await Refused(_bench.Issuer.Token(Bench.ServiceUrl));
    }

    [Fact]
    public async Task Another_channel_than_Teams_is_refused() => await Refused(_bench.Issuer.Token(Bench.ServiceUrl), activity => activity["channelId"] = "webchat");

    [Fact]
    public async Task A_token_for_another_service_address_is_refused()
    {
        await Refused(_bench.Issuer.Token("https://smba.trafficmanager.net/amer/"), status: 403, code: "SERVICE_REFUSED");
        await Refused(_bench.Issuer.Token("x", token => token.Claims.Clear()), status: 403, code: "SERVICE_REFUSED");

        // The token says so too, but nobody of the connector lives there.
        const string elsewhere = "https://evil.trafficmanager.net/";
        await Refused(_bench.Issuer.Token(elsewhere), activity => activity["serviceUrl"] = elsewhere, 403, "SERVICE_REFUSED");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Basic abc")]
    [InlineData("Bearer")]
    [InlineData("Bearer a b")]
    public async Task Without_a_bearer_token_nothing_is_looked_at(string? authorization)
    {
        var answer = await _bench.Callbacks.Answer(authorization, "{}"u8.ToArray(), CancellationToken.None);

        Assert.Equal((401, "SIGN_IN_REQUIRED"), answer.Problem());
    }

    [Fact]
    public async Task The_first_callback_after_a_rotation_holds_and_the_old_key_does_not_any_more()
    {
        await _bench.Tap(People.Bob, CardVerbs.Refresh);
        var old = _bench.Issuer.Token(Bench.ServiceUrl);
        _bench.Clock.Advance(TimeSpan.FromMinutes(6));
        _bench.Issuer.Rotate();

        Assert.NotNull((await _bench.Tap(People.Bob, CardVerbs.Refresh)).Card());
        Assert.Equal((401, "TOKEN_REFUSED"), (await _bench.Deliver(_bench.Press(People.Bob), old)).Problem());
        Assert.Equal(2, _bench.Issuer.KeyReads);
    }

    [Fact]
    public async Task Made_up_key_ids_cause_one_read_in_five_minutes()
    {
        await _bench.Tap(People.Bob, CardVerbs.Refresh);
        using var other = System.Security.Cryptography.RSA.Create(2048);
        for (var number = 0; number < 20; number++)
        {
            await Refused(_bench.Issuer.Token(Bench.ServiceUrl, token => token.SigningCredentials = new(new RsaSecurityKey(other) { KeyId = $"made-up-{number}" }, SecurityAlgorithms.RsaSha256)));
        }

        Assert.Equal(1, _bench.Issuer.MetadataReads);
        _bench.Clock.Advance(ConnectorKeys.RefreshAtMostEvery);
        await Refused(_bench.Issuer.Token(Bench.ServiceUrl, token => token.SigningCredentials = new(new RsaSecurityKey(other) { KeyId = "made-up" }, SecurityAlgorithms.RsaSha256)));
        Assert.Equal(2, _bench.Issuer.MetadataReads);
    }

    [Fact]
    public async Task Keys_are_read_again_every_twelve_hours_and_kept_while_they_cannot_be()
    {
        await _bench.Tap(People.Bob, CardVerbs.Refresh);
        _bench.Clock.Advance(ConnectorKeys.RefreshEvery);
        _bench.Issuer.Down = true;
        Assert.NotNull((await _bench.Tap(People.Bob, CardVerbs.Refresh)).Card());

        _bench.Clock.Advance(TimeSpan.FromHours(12));
        Assert.Equal((503, "UNAVAILABLE"), (await _bench.Tap(People.Bob, CardVerbs.Refresh)).Problem());

        _bench.Issuer.Down = false;
        _bench.Clock.Advance(ConnectorKeys.RetryAfterFailure);
        Assert.NotNull((await _bench.Tap(People.Bob, CardVerbs.Refresh)).Card());
    }

    [Fact]
    public async Task Without_keys_a_callback_is_asked_to_come_again()
    {
        _bench.Issuer.Down = true;

        Assert.Equal((503, "UNAVAILABLE"), (await _bench.Tap(People.Bob)).Problem());
        Assert.Contains(_bench.Log.Lines, line => line.Id == 3220);
    }

    [Fact]
    public async Task The_log_holds_no_token()
    {
        var token = _bench.Issuer.Token(Bench.ServiceUrl, each => each.Audience = "x");
        await _bench.Deliver(_bench.Press(People.Bob), token);

        Assert.Contains(_bench.Log.Lines, line => line.Id == 3210);
        Assert.DoesNotContain(_bench.Log.Lines, line => line.Text.Contains(token[..20], StringComparison.Ordinal));
        Assert.NotNull(new JsonWebToken(token));
    }

    private async Task Refused(string token, Action<JsonObject>? change = null, int status = 401, string code = "TOKEN_REFUSED")
    {
        var answer = await _bench.Deliver(_bench.Press(People.Bob, change: change), token);

        Assert.Equal((status, code), answer.Problem());
        Assert.Equal(0, _bench.Desk.Votes);
        Assert.Contains(_bench.Log.Lines, line => line.Id == 3210);
    }
}
