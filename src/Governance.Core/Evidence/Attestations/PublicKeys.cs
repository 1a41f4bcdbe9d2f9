using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Governance.Core.Evidence.Attestations;

/// <summary>Signatures over bytes by ECDSA on a NIST curve and by RSA.</summary>
internal static class PublicKeys
{
    private const int LeastRsaBits = 2048;

    /// <summary>What is wrong with a key's PEM; null when signatures can be checked with it.</summary>
    public static string? Problem(string pem)
    {
        try
        {
            using var key = Import(pem);
            return key switch
            {
                null => "is neither a public key nor a certificate in PEM",
                RSA { KeySize: < LeastRsaBits } => $"is an RSA key of fewer than {LeastRsaBits} bits",
                _ => null,
            };
        }
        catch (CryptographicException)
        {
            return "is of an algorithm that is not supported; ECDSA on a NIST curve and RSA are";
        }
    }

    /// <summary>Whether a signature over the data is this key's. A key that cannot be used verifies nothing.</summary>
    public static bool Verify(string pem, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        try
        {
            using var key = Import(pem);
            return Verify(key, data, signature);
        }
        catch (CryptographicException)
        {
            // Configuration is checked at start; a key that got here broken is as good as none.
            return false;
        }
    }

    /// <summary>Whether a signature over the data is by the key of a certificate; the certificate itself is not judged.</summary>
    /// <returns>Null where the certificate cannot be read or its key not be used.</returns>
    public static bool? VerifyWithCertificate(byte[] der, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der);
            using var key = KeyOf(certificate);
            return key is null ? null : Verify(key, data, signature);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static AsymmetricAlgorithm? Import(string pem)
    {
        if (!PemEncoding.TryFind(pem, out var fields))
        {
            return null;
        }

        switch (pem.AsSpan()[fields.Label])
        {
            case "CERTIFICATE":
                using (var certificate = X509Certificate2.CreateFromPem(pem))
                {
                    return KeyOf(certificate);
                }

            case "PUBLIC KEY":
                var key = PublicKey.CreateFromSubjectPublicKeyInfo(Convert.FromBase64String(pem[fields.Base64Data]), out _);
                return (AsymmetricAlgorithm?)key.GetECDsaPublicKey() ?? key.GetRSAPublicKey() ?? throw new CryptographicException("Neither ECDSA nor RSA.");
            default:
                return null;
        }
    }

    private static AsymmetricAlgorithm? KeyOf(X509Certificate2 certificate) =>
        (AsymmetricAlgorithm?)certificate.GetECDsaPublicKey() ?? certificate.GetRSAPublicKey();

    // Sigstore writes ECDSA signatures in DER, others the bare numbers; asked for the wrong one, the platform just says no.
    private static bool Verify(AsymmetricAlgorithm? key, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) => key switch
    {
        ECDsa ecdsa => ecdsa.VerifyData(data, signature, HashFor(ecdsa), DSASignatureFormat.Rfc3279DerSequence)
            || ecdsa.VerifyData(data, signature, HashFor(ecdsa), DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
        RSA { KeySize: >= LeastRsaBits } rsa => rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            || rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
        _ => false,
    };

    private static HashAlgorithmName HashFor(ECDsa key) => key.KeySize switch
    {
        <= 256 => HashAlgorithmName.SHA256,
        <= 384 => HashAlgorithmName.SHA384,
        _ => HashAlgorithmName.SHA512,
    };
}
