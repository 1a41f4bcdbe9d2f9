using Microsoft.AspNetCore.DataProtection;

namespace Governance.Functions.SignIn;

/// <summary>
/// The keys of page sessions, read before anybody needs them. The framework reads them on the thread of the first request and holds up those of all others until storage has answered;
/// here they wait without a thread, and no longer than their time.
/// </summary>
internal sealed class PageKeyRing(IDataProtectionProvider protection)
{
    private readonly Lock _gate = new();
    private Task? _reading;

    /// <summary>Waits until the keys are in memory; another try where the last one failed.</summary>
    public Task Ready(CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_reading is null or { IsFaulted: true })
            {
                // A thread of its own, because it waits for storage.
                _reading = Task.Factory.StartNew(
                    () => protection.CreateProtector(nameof(PageKeyRing)).Protect([]), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }

            return _reading.WaitAsync(cancellation);
        }
    }
}
