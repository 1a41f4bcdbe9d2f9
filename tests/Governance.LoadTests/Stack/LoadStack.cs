using Governance.Azurite;
using Governance.Local.Intune;
using Governance.Local.Stack;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Governance.LoadTests.Stack;

/// <summary>The whole app in this process, on an emulator that uses both cores, with a tenant that answers without delay.</summary>
internal sealed class LoadStack : IAsyncDisposable
{
    private readonly AzuriteServer _azurite;

    private LoadStack(AzuriteServer azurite, LocalStack local, ApiCaller api) => (_azurite, Local, Api) = (azurite, local, api);

    internal LocalStack Local { get; }

    internal ApiCaller Api { get; }

    /// <summary>Starts everything.</summary>
    /// <param name="customise">Changes to the app's services.</param>
    internal static async Task<LoadStack> Start(Action<WebApplicationBuilder>? customise = null)
    {
        var azurite = await AzuriteServer.Start(new() { SeparateProcesses = true });
        var local = await LocalStack.Start(
            new() { Port = 0, ConnectionString = azurite.ConnectionString, LogLevel = LogLevel.Error, Customise = Customise, Intune = new TenantOptions(0, 12).Tenant },
            CancellationToken.None);
        return new(azurite, local, await ApiCaller.Connect(local.Address));

        void Customise(WebApplicationBuilder builder)
        {
            foreach (var (name, value) in ProcessStack.NothingHeldBack)
            {
                builder.Configuration[name] = value;
            }

            customise?.Invoke(builder);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await Local.DisposeAsync();
        await _azurite.DisposeAsync();
    }
}
