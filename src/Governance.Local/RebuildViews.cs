using Governance.Functions.Composition;
using Governance.Functions.Configuration;
using Governance.Storage.Hosting;
using Governance.Storage.Views;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Local;

/// <summary>Makes all lists anew from the logs, in the storage that the settings name; for an installation that is there already, running or not.</summary>
internal static class RebuildViews
{
    /// <returns>0 where it is done, 1 where the settings name no storage.</returns>
    internal static async Task<int> Run(IConfiguration configuration, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        var reader = new SettingsReader(configuration);
        var options = StorageSettings.Read(reader);
        if (reader.Faults.Count > 0)
        {
            await errors.WriteLineAsync(string.Join(Environment.NewLine, reader.Faults));
            return 1;
        }

        await using var services = new ServiceCollection().AddLogging().AddGovernanceStorage(options).BuildServiceProvider();
        await services.GetRequiredService<StorageLayout>().Prepare(cancellation);
        var (streams, unreadable) = await services.GetRequiredService<ViewRepair>().Rebuild(read => output.WriteLine($"{read} streams…"), cancellation);
        await output.WriteLineAsync($"All lists are rebuilt from {streams - unreadable} streams.");
        if (unreadable > 0)
        {
            await errors.WriteLineAsync($"{unreadable} streams cannot be read and are in no list; the nightly verification of the log names them.");
        }

        return unreadable > 0 ? 1 : 0;
    }

    /// <summary>The settings as the app reads them: local.settings.json, then the environment.</summary>
    internal static IConfiguration Settings()
    {
        var configuration = new ConfigurationBuilder();
        LocalSettings.Add(configuration);
        return configuration.AddEnvironmentVariables().Build();
    }
}
