using System.Diagnostics;

namespace Governance.Functions.Observability;

/// <summary>The app's own spans.</summary>
internal static class Traces
{
    /// <summary>The name of the source.</summary>
    public const string Name = "Governance";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>One run of a timer.</summary>
    /// <returns>Null where nobody listens.</returns>
    public static Activity? Timer(string name) => Source.StartActivity($"timer {name}");
}
