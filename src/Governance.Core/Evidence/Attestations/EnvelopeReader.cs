using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Attestations;

/// <summary>Reads DSSE envelopes and the Sigstore bundles around them.</summary>
internal static class EnvelopeReader
{
    /// <summary>Reads a DSSE envelope that the cursor stands on; fields that it does not know are ignored.</summary>
    /// <param name="bundled">A certificate from the bundle around it.</param>
    public static DsseEnvelope? Envelope(ref JsonCursor json, byte[]? bundled = null)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        var before = json.ErrorCount;
        byte[]? payload = null;
        string? type = null;
        var signatures = ImmutableArray.CreateBuilder<DsseSignature>();
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "payload":
                    payload = json.Base64(EvidenceLimits.SmallFileBytes);
                    break;
                case "payloadType":
                    type = json.Identifier();
                    break;
                case "signatures" when json.EnterArray():
                    while (json.NextItem())
                    {
                        if (signatures.Count == EvidenceLimits.Signatures)
                        {
                            JsonCursor.Refuse($"more than {EvidenceLimits.Signatures} signatures");
                        }

                        if (Signature(ref json, bundled) is { } signature)
                        {
                            signatures.Add(signature);
                        }
                    }

                    break;
            }
        }

        if (payload is not null && type is not null && signatures.Count > 0)
        {
            return new(payload, type, signatures.ToImmutable());
        }

        if (json.ErrorCount == before)
        {
            json.Error("needs payload, payloadType and a signature");
        }

        return null;
    }

    /// <summary>Reads a Sigstore bundle of any version. The certificate may come after the envelope, so the envelope's text is kept until then.</summary>
    public static DsseEnvelope? Bundle(ref JsonCursor json, ProblemLog problems, CancellationToken cancellation)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        byte[]? certificate = null;
        (ReadOnlySequence<byte> Raw, string Path)? envelope = null;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "dsseEnvelope":
                    var path = json.Path;
                    envelope = (json.TakeRaw(), path);
                    break;
                case "verificationMaterial" when json.Kind == JsonTokenType.StartObject:
                    certificate = Material(ref json);
                    break;
            }
        }

        if (envelope is not { } found)
        {
            json.Error("has no dsseEnvelope: a signature over a bare digest says nothing about a build");
            return null;
        }

        DsseEnvelope? read = null;
        JsonText.Read(found.Raw, found.Path, problems, (ref inner) => read = Envelope(ref inner, certificate), nullIsAbsent: true, cancellation);
        return read;
    }

    private static DsseSignature? Signature(ref JsonCursor json, byte[]? bundled)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        byte[]? signature = null, certificate = null;
        string? keyId = null;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "sig":
                    signature = json.Base64(EvidenceLimits.NameBytes * 4);
                    break;
                case "keyid":
                    keyId = json.OptionalIdentifier();
                    break;
                case "cert" when json.Kind == JsonTokenType.String:
                    certificate = FromPem(json.Text());
                    break;
            }
        }

        if (signature is null)
        {
            json.Error("needs sig");
            return null;
        }

        return new(signature, keyId, certificate ?? bundled);
    }

    private static byte[]? Material(ref JsonCursor json)
    {
        byte[]? certificate = null;
        json.EnterObject();
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "certificate" when json.Kind == JsonTokenType.StartObject:
                    certificate = RawBytes(ref json);
                    break;
                case "x509CertificateChain" when json.Kind == JsonTokenType.StartObject:
                    json.EnterObject();
                    while (json.NextProperty())
                    {
                        if (json.Name == "certificates" && json.EnterArray())
                        {
                            while (json.NextItem())
                            {
                                // The first one is the signer's.
                                certificate ??= RawBytes(ref json);
                            }
                        }
                    }

                    break;
            }
        }

        return certificate;
    }

    private static byte[]? RawBytes(ref JsonCursor json)
    {
        byte[]? bytes = null;
        if (json.EnterObject())
        {
            while (json.NextProperty())
            {
                bytes = json.Name == "rawBytes" ? json.Base64(EvidenceLimits.StringBytes) : bytes;
            }
        }

        return bytes;
    }

    private static byte[]? FromPem(string? text)
    {
        if (text is null || !PemEncoding.TryFind(text, out var fields) || text.AsSpan()[fields.Label] is not "CERTIFICATE")
        {
            return null;
        }

        return Convert.FromBase64String(text[fields.Base64Data]);
    }
}
