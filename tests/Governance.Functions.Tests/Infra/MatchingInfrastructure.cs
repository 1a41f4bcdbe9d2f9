using System.Text.RegularExpressions;
using Governance.Functions.Composition;
using Governance.Functions.Configuration;
using Governance.Functions.Hosting;
using Governance.Functions.SignIn;
using Governance.Storage.Hosting;
using Governance.Storage.Outbox;
using Governance.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Governance.Functions.Tests.Infra;

/// <summary>The infrastructure as code names what the program reads; this holds the two together.</summary>
public sealed partial class MatchingInfrastructure
{
    // Read by the Functions host and its telemetry, not by the program.
    private static readonly string[] OfTheHost = ["AzureWebJobsStorage__credential", "APPLICATIONINSIGHTS_CONNECTION_STRING", "APPLICATIONINSIGHTS_AUTHENTICATION_STRING"];

    private static readonly string Infra = Repository.Of("infra");

    [Fact]
    public void Every_app_setting_that_is_deployed_is_one_that_the_program_reads()
    {
        var deployed = SettingPattern().Matches(Between(File("modules/app.bicep"), "var settings = {", "\n}")).Select(match => match.Groups[1].Value).ToList();
        var reader = new SettingsReader(new ConfigurationBuilder().AddInMemoryCollection(
            [.. deployed.Select(name => KeyValuePair.Create(name.Replace("__", ":", StringComparison.Ordinal), (string?)"x")), new("SignIn:ServicePrincipals:0:ObjectId", "x")]).Build());
        GovernanceSettings.Read(reader);
        AppSettings.Read(reader, SignInSettings.Read(reader));

        Assert.NotEmpty(deployed);
        Assert.Empty(deployed.Except(OfTheHost).Except(reader.Asked));
        Assert.Contains("Rings__LAB__Groups", reader.Asked);
        Assert.Contains("SignIn__ServicePrincipals__0__Owners", reader.Asked);
    }

    [Fact]
    public void The_tables_containers_and_the_queue_are_those_that_the_program_uses()
    {
        var main = File("main.bicep");
        using var clients = new StorageClients(new() { ConnectionString = "UseDevelopmentStorage=true", Prefix = "governance" });
        var layout = new StorageLayout(clients);

        Assert.Equal(
            layout.Tables.Select(table => table.Name).Order(StringComparer.Ordinal),
            PrefixedPattern().Matches(Between(main, "var stateTables = [", "]")).Select(match => "governance" + match.Groups[1].Value).Order(StringComparer.Ordinal));
        Assert.Equal(
            layout.Containers.Select(container => container.Name).Order(StringComparer.Ordinal),
            PrefixedPattern().Matches(Between(main, "var evidenceContainers = [", "\n]")).Select(match => "governance" + match.Groups[1].Value).Order(StringComparer.Ordinal));
        Assert.Contains($"'{clients.Queue(OutboxOptions.Queue).Name}'", main, StringComparison.Ordinal);
    }

    [Fact]
    public void Entra_ID_is_told_the_address_at_which_the_program_takes_people_back() =>
        Assert.Contains($"${{address%/}}{CodeFlow.CallbackPath}\"", File("entra.sh"), StringComparison.Ordinal);

    [Fact]
    public void The_app_roles_are_those_that_the_program_knows()
    {
        var script = File("entra.sh");
        var registered = Between(script, "ROLES=(", ")").Split(' ');

        Assert.Equal(RoleNames.ByName.Keys.Order(StringComparer.Ordinal), registered.Order(StringComparer.Ordinal));
        foreach (var role in registered)
        {
            var peopleOnly = (RoleNames.Read([role]) & Roles.PeopleOnly) != Roles.None;
            Assert.Equal(peopleOnly, script.Contains($"[{role}]='[\"User\"]'", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Every_alert_asks_for_events_that_the_program_logs()
    {
        var asked = EventsPattern().Matches(File("modules/alerts.bicep")).SelectMany(match => match.Groups[1].Value.Split(", ")).Select(int.Parse).ToList();
        var logged = new[] { typeof(GovernanceApp), typeof(StorageLayout), typeof(Durable.TaskName), typeof(Intune.IntuneOptions) }
            .SelectMany(type => type.Assembly.GetTypes())
            .SelectMany(type => type.GetMethods((System.Reflection.BindingFlags)60))
            .SelectMany(method => method.GetCustomAttributes(typeof(LoggerMessageAttribute), false))
            .Select(each => ((LoggerMessageAttribute)each).EventId)
            .ToHashSet();

        Assert.NotEmpty(asked);
        Assert.Empty(asked.Except(logged));
    }

    private static string File(string name) => System.IO.File.ReadAllText(Path.Combine(Infra, name));

    private static string Between(string text, string from, string to)
    {
        var begin = text.IndexOf(from, StringComparison.Ordinal) + from.Length;
        return text[begin..text.IndexOf(to, begin, StringComparison.Ordinal)];
    }

    [GeneratedRegex(@"^  (\w+):", RegexOptions.Multiline)]
    private static partial Regex SettingPattern();

    [GeneratedRegex(@"\$\{prefix\}([\w-]+)")]
    private static partial Regex PrefixedPattern();

    [GeneratedRegex(@"events: \[([0-9, ]+)\]")]
    private static partial Regex EventsPattern();
}
