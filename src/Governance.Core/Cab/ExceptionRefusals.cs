using System.Globalization;

namespace Governance.Core.Cab;

/// <summary>No such exception.</summary>
public sealed record ExceptionUnknown() : Refusal("EXCEPTION_UNKNOWN", "There is no exception with this id.", 404);

/// <summary>The request lacks what its kind needs.</summary>
public sealed record ExceptionIncomplete(string Missing) : Refusal("EXCEPTION_INCOMPLETE", $"An exception of this kind needs {Missing}.", 422);

/// <summary>Nothing is done instead.</summary>
public sealed record ControlsRequired() : Refusal("CONTROLS_REQUIRED", "Name at least one compensating control: what is done instead.", 422);

/// <summary>It would have ended already, or hold for too long.</summary>
public sealed record ExpiryOutOfRange(DateTimeOffset Latest)
    : Refusal("EXPIRY_OUT_OF_RANGE", string.Create(CultureInfo.InvariantCulture, $"An exception ends after now and not after {Latest.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}; ask for a new one when it ends."), 422);

/// <summary>The deployment named is of another app or version.</summary>
public sealed record ExceptionMismatch(string AppName, string Version)
    : Refusal("EXCEPTION_MISMATCH", $"The deployment named is of {AppName} {Version}.", 422);

/// <summary>The step is not the one that the deployment stands in front of.</summary>
public sealed record NotTheNextStep(Ring? From, Ring? To) : Refusal(
    "NOT_THE_NEXT_STEP",
    $"The deployment's next step is from {From?.WireName() ?? "its start"} to {To?.WireName() ?? "completion"}; an override is for that step alone.",
    409);

/// <summary>Nobody but the sweep asks for it.</summary>
public sealed record SystemOnly() : Refusal("SYSTEM_ONLY", "The mending of drift is put to the CAB by the sweep alone.", 403);

/// <summary>The deployment has moved on.</summary>
public sealed record OverrideOutdated() : Refusal(
    "OVERRIDE_OUTDATED", "The deployment has changed or taken the step since; this override would lift nothing any more.", 409);

/// <summary>The role that decides on this kind is missing.</summary>
public sealed record RoleRequired(string Role) : Refusal("ROLE_REQUIRED", $"An exception of this kind is decided by the role {Role}.", 403);

/// <summary>It is decided.</summary>
public sealed record ExceptionDecided(ExceptionStatus Decision) : Refusal("ALREADY_DECIDED", $"This exception was decided already: {Decision.WireName()}.", 409);

/// <summary>What is to be replaced is about something else, or never held.</summary>
public sealed record RenewalMismatch() : Refusal(
    "RENEWAL_MISMATCH", "A renewal is of the same kind and app as the approved exception that it replaces, and covers some of what that covers.", 422);
