using Governance.Core;
using Governance.Functions.Composition;
using Governance.Functions.Configuration;
using Governance.Functions.Hosting;
using Governance.Functions.SignIn;
using Governance.Testing;
using Microsoft.Extensions.Configuration;

namespace Governance.Functions.Tests.Configuration;

public sealed class ReadingSettings
{
    private const string Tenant = "11111111-1111-4111-8111-111111111111";
    private const string Client = "22222222-2222-4222-8222-222222222222";

    [Fact]
    public void Two_ids_are_all_that_Entra_needs()
    {
        var settings = Read(out var faults, ("SignIn:TenantId", Tenant), ("SignIn:ClientId", Client));
        Assert.Empty(faults);
        Assert.Equal(HostMode.Embedded, settings.Mode);
        Assert.Equal(7071, settings.Http.Port);
        Assert.Equal(1024 * 1024, settings.Http.StandardBody);
        Assert.Equal(16 * 1024 * 1024, settings.Http.EvidenceBody);
        Assert.Equal($"https://login.microsoftonline.com/{Tenant}/v2.0", settings.SignIn.Authority.AbsoluteUri);
        Assert.False(settings.SignIn.AllowGuests);
        Assert.Null(settings.Telemetry.Otlp);
    }

    [Theory]
    [InlineData("https://governance.example", true)]
    [InlineData("https://governance.example/", true)]
    [InlineData("http://127.0.0.1:7071", true)]
    [InlineData("http://governance.example", false)]
    [InlineData("https://governance.example/review", false)]
    [InlineData("governance.example", false)]
    public void The_public_address_is_one_that_people_may_be_sent_to(string address, bool taken)
    {
        Read(out var faults, ("SignIn:TenantId", Tenant), ("SignIn:ClientId", Client), ("Http:PublicAddress", address));
        Assert.Equal(taken, faults.Count == 0);
    }

    [Fact]
    public void Everything_that_is_wrong_is_said_together_and_no_secret_with_it()
    {
        Read(
            out var faults,
            ("SignIn:TenantId", "contoso"),
            ("SignIn:Authority", "ftp://x"),
            ("SignIn:AllowGuests", "maybe"),
            ("SignIn:Mode", "3"),
            ("SignIn:ServicePrincipals:0:ObjectId", "x"),
            ("SignIn:ServicePrincipals:0:Owners", $"{Tenant}, y"),
            ("Http:Port", "70000"),
            ("Http:RequestTimeout", "45"),
            ("Http:PageTokenKey", "c2hvcnQ="),
            ("Http:Concurrency:Reads:AtOnce", "0"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector"));
        Assert.Equal(
            [
                "Http__Concurrency__Reads__AtOnce must be a whole number from 1 to 10000, not '0'.",
                "Http__PageTokenKey must be base64 of at least 32 bytes.",
                "Http__Port must be a whole number from 0 to 65535, not '70000'.",
                "Http__RequestTimeout must be a duration as hh:mm:ss from 00:00:01 to 00:10:00, not '45'.",
                "OTEL_EXPORTER_OTLP_ENDPOINT must be an absolute http or https address, not 'collector'.",
                "SignIn__AllowGuests must be true or false, not 'maybe'.",
                "SignIn__Authority must be an absolute http or https address, not 'ftp://x'.",
                "SignIn__ClientId is required: a UUID.",
                "SignIn__Mode must be one of Entra, Development, not '3'.",
                "SignIn__ServicePrincipals__0__ObjectId must be the UUID of a service principal, not 'x'.",
                $"SignIn__ServicePrincipals__0__Owners must be UUIDs of people, separated by commas, not '{Tenant}, y'.",
                "SignIn__TenantId must be a UUID, not 'contoso'.",
            ],
            faults.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_service_principal_has_its_registered_owners()
    {
        var settings = Read(
            out _, ("SignIn:TenantId", Tenant), ("SignIn:ClientId", Client),
            ("SignIn:ServicePrincipals:0:ObjectId", Client), ("SignIn:ServicePrincipals:0:Owners", $"{Tenant}, {Client}"));
        Assert.Equal([PersonId.Parse(Tenant), PersonId.Parse(Client)], settings.SignIn.OwnersOf(PersonId.Parse(Client)));
        Assert.Empty(settings.SignIn.OwnersOf(PersonId.Parse(Tenant)));
    }

    [Fact]
    public void The_Functions_host_says_where_its_handler_listens()
    {
        var settings = Read(out _, ("FUNCTIONS_CUSTOMHANDLER_PORT", "5123"), ("Http:Port", "9"), ("SignIn:TenantId", Tenant), ("SignIn:ClientId", Client));
        Assert.Equal((HostMode.CustomHandler, 5123), (settings.Mode, settings.Http.Port));
    }

    [Fact]
    public void Development_tokens_need_nothing_but_a_developers_machine()
    {
        var settings = Read(out var faults, ("SignIn:Mode", "development"), ("DOTNET_ENVIRONMENT", "Development"));
        Assert.Empty(faults);
        Assert.Equal(SignInSettings.DevelopmentTenant, settings.SignIn.TenantId);
    }

    [Theory]
    [InlineData("environment", "Production", "DOTNET_ENVIRONMENT")]
    [InlineData("ASPNETCORE_ENVIRONMENT", "Staging", "DOTNET_ENVIRONMENT")]
    [InlineData("WEBSITE_INSTANCE_ID", "x", "Azure")]
    [InlineData("WEBSITE_SITE_NAME", "x", "Azure")]
    [InlineData("Http:Address", "0.0.0.0", "Http__Address")]
    public void Development_tokens_stop_the_start_anywhere_else(string name, string value, string said)
    {
        Read(out var faults, ("SignIn:Mode", "Development"), ("DOTNET_ENVIRONMENT", "Development"), (name, value));
        Assert.Contains(said, Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_program_says_what_is_wrong_and_ends_with_one() =>
        Assert.Equal(1, await GovernanceApp.Run(["--SignIn:TenantId", "x", "--Http:Port", "-1"]));

    [Fact]
    public void The_sample_names_every_setting_and_starts_the_app()
    {
        var sample = new ConfigurationBuilder().AddJsonFile(Repository.Of("local.settings.sample.json")).Build().GetSection("Values").GetChildren().ToList();
        var reader = new SettingsReader(new ConfigurationBuilder()
            .AddInMemoryCollection(sample.Select(value => KeyValuePair.Create(value.Key.Replace("__", ":", StringComparison.Ordinal), value.Value))).Build());
        GovernanceSettings.Read(reader);
        AppSettings.Read(reader, SignInSettings.Read(reader));
        TimerSettings.Read(reader, new FunctionCatalog(FunctionCatalog.Declared));
        reader.Close();

        string[] setByTheHost = ["ASPNETCORE_ENVIRONMENT", "FUNCTIONS_CUSTOMHANDLER_PORT", "WEBSITE_INSTANCE_ID", "WEBSITE_SITE_NAME", "environment"];
        Assert.Equal([], reader.Asked.Except(setByTheHost).Except(sample.Select(value => value.Key)));
    }

    [Fact]
    public void The_Functions_tools_file_serves_without_those_tools()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, """{"IsEncrypted": false, "Values": {"Http__Port": "7999", "SignIn__ServicePrincipals__0__ObjectId": "x"}}""");
            var configuration = new ConfigurationManager();
            LocalSettings.Add(configuration, file);
            Assert.Equal("7999", configuration["Http:Port"]);
            Assert.Equal("x", configuration["SignIn:ServicePrincipals:0:ObjectId"]);

            File.WriteAllText(file, "{");
            Assert.Contains("is not JSON", Assert.Throws<InvalidSettingsException>(() => LocalSettings.Add(new ConfigurationManager(), file)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Keys_are_fetched_over_https_alone()
    {
        Read(out var faults, ("SignIn:TenantId", Tenant), ("SignIn:ClientId", Client), ("SignIn:Authority", "http://login.local"));
        Assert.Equal(["SignIn__Authority must be an https address."], faults);
    }

    [Fact]
    public void Closing_a_reader_with_faults_throws_all_of_them()
    {
        var reader = new SettingsReader(new ConfigurationBuilder().Build());
        reader.Required("One");
        reader.Section("Two").Wrong("Three", "is wrong");
        var invalid = Assert.Throws<InvalidSettingsException>(reader.Close);
        Assert.Equal(["One is required.", "Two__Three is wrong."], invalid.Faults);
        Assert.Contains("- Two__Three is wrong.", invalid.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_that_no_signature_can_be_checked_with_are_named_by_their_setting()
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        using var small = System.Security.Cryptography.RSA.Create(1024);
        (string, string)[] settings =
        [
            ("EvidenceTrust:Keys:0:Id", "ci"), ("EvidenceTrust:Keys:0:PublicKey", key.ExportSubjectPublicKeyInfoPem().Replace("\n", "\\n", StringComparison.Ordinal)),
            ("EvidenceTrust:Keys:0:Builders", "https://one, https://two"),
            ("EvidenceTrust:Keys:1:Id", "ci"), ("EvidenceTrust:Keys:1:PublicKey", "no key"),
            ("EvidenceTrust:Keys:2:Id", "small"), ("EvidenceTrust:Keys:2:PublicKey", small.ExportSubjectPublicKeyInfoPem()),
            ("EvidenceTrust:Keys:3:Id", "none"), ("EvidenceTrust:VexAuthors", "one@example.org, two"),
        ];
        var reader = new SettingsReader(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(each => KeyValuePair.Create(each.Item1, (string?)each.Item2))).Build());

        var trust = Governance.Functions.Evidence.TrustSettings.Read(reader);

        Assert.Equal(
            [
                "EvidenceTrust__Keys__1__PublicKey is neither a public key nor a certificate in PEM.",
                "EvidenceTrust__Keys__1__Id is given to two keys: 'ci'.",
                "EvidenceTrust__Keys__2__PublicKey is an RSA key of fewer than 2048 bits.",
                "EvidenceTrust__Keys__3__PublicKey is required.",
            ],
            reader.Faults);
        Assert.Equal(["https://one", "https://two"], trust.Keys[0].BuilderIds);
        Assert.Null(trust.Keys[0].Problem());
        Assert.Equal(["one@example.org", "two"], trust.VexAuthors);
    }

    private static GovernanceSettings Read(out IReadOnlyList<string> faults, params (string Name, string Value)[] settings)
    {
        var reader = new SettingsReader(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))).Build());
        var read = GovernanceSettings.Read(reader);
        faults = reader.Faults;
        return read;
    }
}
