using Azure.Identity;
using Governance.Core.Evidence;
using Governance.Functions.Configuration;
using Governance.Functions.Deployments;
using Governance.Functions.Evidence;
using Governance.Functions.Hosting;
using Governance.Functions.SignIn;
using Governance.Functions.Sweeps;
using Governance.Functions.Teams;
using Governance.Intune;
using Governance.Storage.Hosting;

namespace Governance.Functions.Composition;

/// <summary>The settings of the domain's parts: storage, planes, rings, rollout, Teams and the embedded hub.</summary>
/// <param name="Storage">Where everything is kept.</param>
/// <param name="Intune">How devices are reached.</param>
/// <param name="Groups">The groups of rings where an intent names none.</param>
/// <param name="Speed">How many times faster than policy says periods run, 1 to 1,000,000; for demonstrations and tests.</param>
/// <param name="Teams">How people are asked in Teams.</param>
/// <param name="LeaseFile">Where the embedded hub notes its lease, so that a restarted process has it back at once; null for none.</param>
internal sealed record AppSettings(StorageOptions Storage, IntuneOptions Intune, RingGroups Groups, int Speed, TeamsSettings Teams, string? LeaseFile)
{
    // However fast periods run, nobody is asked more often than this.
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(250);

    /// <summary>Whose word counts when evidence is read.</summary>
    internal EvidenceTrust Trust { get; init; } = EvidenceTrust.Nobody;

    /// <summary>How fast the drift sweep goes.</summary>
    internal DriftSettings Drift { get; init; } = new(20, 4);

    /// <summary>How sweeps judge.</summary>
    internal SweepSettings Sweeps { get; init; } = new(TimeSpan.FromMinutes(5));

    /// <summary>A pause as it is at this speed, a quarter of a second at least.</summary>
    internal TimeSpan Scaled(TimeSpan pause) => pause / Speed is var scaled && scaled < ShortestPause ? ShortestPause : scaled;

    /// <summary>Reads them all.</summary>
    internal static AppSettings Read(SettingsReader settings, SignInSettings people)
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
            Pacing = new() { LookAgain = intune.Duration("LookAgain", new IntunePacing().LookAgain, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1)) },
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
            TeamsSettings.Read(settings, people),
            settings.Section("TaskHub").OptionalText("LeaseFile"))
        {
            Trust = TrustSettings.Read(settings),
            Drift = new(settings.Section("Drift").Integer("ChecksPerSecond", 20, 0, 10_000), settings.Section("Drift").Integer("Parallelism", 4, 1, 64)),
            Sweeps = SweepSettings.Read(settings),
        };
    }
}

/// <summary>How fast the drift sweep goes.</summary>
/// <param name="ChecksPerSecond">Deployments looked at in a second on the average, each with about two Graph calls; 0 for any number.</param>
/// <param name="Parallelism">Deployments looked at side by side.</param>
internal sealed record DriftSettings(int ChecksPerSecond, int Parallelism);

/// <summary>Where everything is kept.</summary>
internal static class StorageSettings
{
    /// <summary>
    /// Reads <c>AzureWebJobsStorage</c>, or <c>Storage__AccountName</c> for the app's managed identity; with it evidence may lie in an account of its
    /// own, and the queue lies where the Functions host looks: <c>AzureWebJobsStorage__accountName</c>.
    /// </summary>
    internal static StorageOptions Read(SettingsReader settings)
    {
        var section = settings.Section("Storage");
        var account = section.OptionalText("AccountName");
        var options = new StorageOptions
        {
            ConnectionString = account is null ? settings.OptionalText("AzureWebJobsStorage") : null,
            AccountName = account,
            EvidenceAccountName = section.OptionalText("EvidenceAccountName"),
            QueueAccountName = account is null ? null : settings.Section("AzureWebJobsStorage").OptionalText("accountName"),
            Credential = account is null ? null : new ManagedIdentityCredential(ManagedIdentityId.SystemAssigned),
            Prefix = section.Text("Prefix", "governance"),
        };
        if (settings.Has(HttpSettings.HandlerPort) && !section.Has("Prefix"))
        {
            // The host's queue trigger reads the prefix by itself, and knows no default.
            section.Wrong("Prefix", "is required behind the Functions host, whose queue trigger reads it");
        }

        foreach (var problem in options.Problems())
        {
            settings.Wrong("AzureWebJobsStorage", $"or Storage__AccountName: {problem}");
        }

        return options;
    }
}
