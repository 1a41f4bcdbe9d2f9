using Governance.Core;
using Governance.Core.Rollout;
using Governance.Intune.Graph;

namespace Governance.Intune.Publishing;

/// <summary>Why an attempt goes no further.</summary>
internal abstract record Stop
{
    private Stop()
    {
    }

    public sealed record Failed(PlaneFailure Failure) : Stop;

    public sealed record Held(TenantApproval Approval) : Stop;

    public sealed record ClaimLost : Stop;

    public sealed record SubjectChanged(string Detail) : Stop;

    /// <summary>A content file will never be good again. Ends as a transient failure where nothing better can be done about it.</summary>
    public sealed record DeadFile(string Detail) : Stop;

    public static Stop Permanent(string code, string message) => Of(ErrorClass.Permanent, code, message);

    public static Stop Transient(string code, string message) => Of(ErrorClass.Transient, code, message);

    private static Failed Of(ErrorClass errorClass, string code, string message) =>
        new(new() { Class = errorClass, Code = code, Message = message });
}

/// <summary>What a step brought, or why the attempt stops.</summary>
internal readonly record struct Step<T>(T? Value, Stop? Stop)
{
    public static implicit operator Step<T>(T value) => new(value, null);

    public static implicit operator Step<T>(Stop stop) => new(default, stop);
}

internal static class Stops
{
    /// <summary>Null where the call brought its answer.</summary>
    public static Stop? Stop<T>(this GraphReply<T> reply) => reply switch
    {
        { Approval: { } approval } => new Stop.Held(approval),
        { Fault: { } fault } => new Stop.Failed(fault.ToFailure()),
        _ => null,
    };
}
