using Azure.Core;
using Azure.Identity;
using Governance.Functions.Configuration;
using Governance.Functions.Deployments;
using Governance.Intune;

namespace Governance.Functions.Composition;

/// <summary>The settings of the domain's parts: storage, planes, rings, rollout and the embedded hub.</summary>
/// <param name="Storage">Where everything is kept.</param>
/// <param name="Intune">How devices are reached.</param>
/// <param name="Groups">The groups of rings where an intent names none.</param>
/// <param name="Speed">How many times faster than policy says periods run, 1 to 1,000,000; for demonstrations and tests.</param>
/// <param name="LeaseFile">Where the embedded hub notes its lease, so that a restarted process has it back at once; null for none.</param>
internal sealed record AppSettings(StorageSettings Storage, IntuneOptions Intune, RingGroups Groups, int Speed, string? LeaseFile)
{
    /// <summary>Reads them all.</summary>
    internal static AppSettings Read(SettingsReader settings)
    {
        var intune = settings.Section("Intune");
        var options = new IntuneOptions
        {
            BaseAddress = intune.Address("BaseAddress") ?? new("https://graph.microsoft.com/v1.0"),
            SignIn = new()
            {
                Kind = intune.Choice("SignIn:Kind", IntuneSignInKind.ManagedIdentity),
                TenantId = intune.OptionalText("SignIn:TenantId"),
                ClientId = intune.OptionalText("SignIn:ClientId"),
                CertificatePath = intune.OptionalText("SignIn:CertificatePath"),
            },
            Budget = new() { Unlimited = intune.Boolean("Budget:Unlimited", false), ParallelPublishes = intune.Integer("Budget:ParallelPublishes", 4, 1, 256) },
            ApprovalJustification = intune.OptionalText("ApprovalJustification"),
        };
        foreach (var problem in options.Problems())
        {
            intune.Wrong("BaseAddress", problem);
        }

        return new(
            StorageSettings.Read(settings),
            options,
            RingGroups.Read(settings),
            settings.Section("Rollout").Integer("Speed", 1, 1, 1_000_000),
            settings.Section("TaskHub").OptionalText("LeaseFile"));
    }
}

/// <summary>Where everything is kept.</summary>
/// <param name="ConnectionString">With a key, for local work; null where <paramref name="AccountName"/> is given.</param>
/// <param name="AccountName">Signed in to with the app's managed identity.</param>
/// <param name="Prefix">In front of all table and container names, letters and digits; apart from that one account serves several apps.</param>
internal sealed record StorageSettings(string? ConnectionString, string? AccountName, string Prefix)
{
    /// <summary>Reads <c>AzureWebJobsStorage</c> or section <c>Storage</c>.</summary>
    internal static StorageSettings Read(SettingsReader settings)
    {
        var section = settings.Section("Storage");
        var (connection, account) = (settings.OptionalText("AzureWebJobsStorage"), section.OptionalText("AccountName"));
        if (connection is null && account is null)
        {
            settings.Wrong("AzureWebJobsStorage", "or Storage__AccountName is required");
        }

        var prefix = section.Text("Prefix", "governance");
        if (prefix.Length is < 1 or > 30 || !char.IsAsciiLetterLower(prefix[0]) || !prefix.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)))
        {
            section.Wrong("Prefix", "is 1 to 30 lower-case letters and digits, a letter first");
        }

        return new(connection, account, prefix);
    }

    /// <summary>The identity for an account without a key.</summary>
    internal TokenCredential Credential { get; } = new ManagedIdentityCredential(ManagedIdentityId.SystemAssigned);
}
