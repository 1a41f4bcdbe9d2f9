using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Governance.Core.Evidence.Attestations;

/// <summary>A signed statement in a DSSE envelope. Whatever is decided is decided on <see cref="Payload"/>, the very bytes that were signed.</summary>
/// <param name="Payload">Decoded.</param>
/// <param name="PayloadType">Signed along with the payload.</param>
/// <param name="Signatures">At least one.</param>
internal sealed record DsseEnvelope(byte[] Payload, string PayloadType, ImmutableArray<DsseSignature> Signatures)
{
    /// <summary>
    /// The signed bytes: <c>DSSEv1 length type length payload</c>, lengths in bytes.
    /// Source: the DSSE protocol, pre-authentication encoding.
    /// </summary>
    public byte[] SignedBytes() => SignedBytes(PayloadType, Payload);

    /// <inheritdoc cref="SignedBytes()"/>
    public static byte[] SignedBytes(string payloadType, ReadOnlySpan<byte> payload)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {Encoding.UTF8.GetByteCount(payloadType)} {payloadType} {payload.Length} ");
        return [.. Encoding.UTF8.GetBytes(head), .. payload];
    }
}

/// <summary>One signature of an envelope.</summary>
/// <param name="Signature">Decoded.</param>
/// <param name="KeyId">A hint that nobody signed: it tells which key was meant, never that the key signed.</param>
/// <param name="Certificate">A certificate that came along, DER; it shows that envelope and signature belong together, not who signed.</param>
internal sealed record DsseSignature(byte[] Signature, string? KeyId, byte[]? Certificate);
