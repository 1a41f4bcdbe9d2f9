namespace Governance.Durable.FunctionsHost;

/// <summary>The host's task hub refused or could not carry out a call, for a reason that is not the instance's state.</summary>
/// <param name="call">The method that was called.</param>
/// <param name="status">gRPC's or HTTP's status.</param>
/// <param name="message">What the host said.</param>
public sealed class HubCallException(string call, int status, string message) : InvalidOperationException($"{call} of the task hub: {status} {message}")
{
    /// <summary>gRPC's or HTTP's status.</summary>
    public int Status { get; } = status;
}

/// <summary>Nobody has told this process yet where the task hub is: no invocation has carried a <c>durableClient</c> binding so far. Try again later.</summary>
public sealed class HubUnknownException() : InvalidOperationException("The Functions host has not said yet where its task hub is.");
