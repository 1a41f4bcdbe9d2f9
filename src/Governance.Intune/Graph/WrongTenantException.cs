using Azure.Identity;

namespace Governance.Intune.Graph;

/// <summary>A token was issued for another tenant than the configured one; nothing may be called with it.</summary>
internal sealed class WrongTenantException(string message) : AuthenticationFailedException(message);
