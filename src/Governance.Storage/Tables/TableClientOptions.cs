using Azure.Core;

namespace Governance.Storage.Tables;

/// <summary>Transport, retries and diagnostics of a table client; Azure.Core's own settings.</summary>
public sealed class TableClientOptions : ClientOptions
{
    /// <summary>Four tries, 0.2 s to 5 s apart and growing, each given 10 s.</summary>
    public TableClientOptions()
    {
        Retry.Mode = RetryMode.Exponential;
        Retry.Delay = TimeSpan.FromMilliseconds(200);
        Retry.MaxDelay = TimeSpan.FromSeconds(5);
        Retry.MaxRetries = 3;
        Retry.NetworkTimeout = TimeSpan.FromSeconds(10);
    }
}
