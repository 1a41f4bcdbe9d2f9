using System.Security.Cryptography;

namespace Governance.Teams.SignIn;

/// <summary>Proves that a message comes from a team's outgoing webhook: an HMAC over its exact bytes.</summary>
internal static class WebhookProof
{
    private const string Scheme = "HMAC ";

    // Every comparison is made and none ends early, so the time tells nothing; without any hook one is made with this.
    private static readonly byte[] NobodysKey = new byte[32];

    /// <returns>The webhook whose secret fits; null where none does.</returns>
    internal static OutgoingWebhook? Find(string? authorization, ReadOnlySpan<byte> body, IReadOnlyList<OutgoingWebhook> hooks)
    {
        Span<byte> presented = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var readable = TryRead(authorization, presented) && !body.IsEmpty;
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        OutgoingWebhook? found = null;
        for (var index = 0; index < Math.Max(hooks.Count, 1); index++)
        {
            var hook = index < hooks.Count ? hooks[index] : null;
            HMACSHA256.HashData(hook is null ? NobodysKey : hook.Secret.Span, body, expected);
            var fits = CryptographicOperations.FixedTimeEquals(expected, presented);
            found = fits && readable && hook is not null ? hook : found;
        }

        return found;
    }

    private static bool TryRead(string? authorization, Span<byte> into) =>
        authorization is { Length: <= 200 }
        && authorization.StartsWith(Scheme, StringComparison.Ordinal)
        && Convert.TryFromBase64String(authorization[Scheme.Length..], into, out var length)
        && length == into.Length;
}
