namespace Governance.Core.Evidence.Attestations;

/// <summary>What checking an envelope's signatures found.</summary>
/// <param name="Key">The configured key that signed; null where none did.</param>
/// <param name="IsBad">Whether a signature is wrong, which is worse than being by nobody known.</param>
/// <param name="Reason">For people.</param>
internal sealed record SignatureFinding(ProvenanceKey? Key, bool IsBad, string Reason)
{
    /// <summary>Checks an envelope against the configured keys, then, to tell broken from unknown, against the certificate that came along.</summary>
    public static SignatureFinding Of(DsseEnvelope? envelope, EvidenceTrust trust)
    {
        if (envelope is null)
        {
            return new(null, false, "nobody signed it");
        }

        var signed = envelope.SignedBytes();
        foreach (var key in trust.Keys)
        {
            if (envelope.Signatures.Any(s => PublicKeys.Verify(key.PublicKeyPem, signed, s.Signature)))
            {
                return new(key, false, $"signed by {key.Id}");
            }
        }

        // A key id proves nothing, but naming a key of ours and failing it is no accident.
        if (trust.Keys.FirstOrDefault(k => envelope.Signatures.Any(s => s.KeyId == k.Id)) is { } named)
        {
            return new(null, true, $"names key {named.Id}, whose signature it is not");
        }

        var own = envelope.Signatures.Select(s => s.Certificate is { } der ? PublicKeys.VerifyWithCertificate(der, signed, s.Signature) : null).ToList();
        return own.Contains(false)
            ? new(null, true, "its signature is not by the certificate that came with it")
            : own.Contains(true)
                ? new(null, false, "its signature is by the certificate that came with it, whose identity nobody vouches for")
                : new(null, false, "no configured key signed it");
    }
}
