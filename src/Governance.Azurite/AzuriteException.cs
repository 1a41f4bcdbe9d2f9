namespace Governance.Azurite;

/// <summary>The emulator could not be installed or started; the message is one sentence that says what to do.</summary>
public sealed class AzuriteException : Exception
{
    internal AzuriteException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
