using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Governance.Core;

namespace Governance.Teams.Cab;

/// <summary>What a button of a card is for: one revision's digest, on one message of one conversation, until one instant. A copy of the card elsewhere carries it and does not fit there.</summary>
internal sealed record CardBinding(
    CorrelationId Id, int Revision, Digest Subject, string Nonce, DateTimeOffset ExpiresAt, string ConversationId, string ActivityId);

/// <summary>Signs buttons, so that a changed one is told from ours. It says nothing of who presses it.</summary>
/// <param name="key">32 bytes or more.</param>
/// <param name="previous">The key before; empty where there was none.</param>
internal sealed class CardSigner(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> previous)
{
    private static readonly string[] Names = ["rid", "rev", "dig", "nonce", "exp", "conv", "act", "mac"];

    /// <summary>Whether an input of a card may not have this name: inputs arrive beside the button's own data.</summary>
    internal static bool IsReserved(string name) => Names.Contains(name, StringComparer.Ordinal);

    /// <summary>A button's data.</summary>
    internal JsonObject Sign(CardBinding binding, string verb)
    {
        var fields = Fields(binding);
        var data = new JsonObject();
        foreach (var (name, value) in Names.Zip(fields))
        {
            data[name] = value;
        }

        data["mac"] = Base64Url.EncodeToString(Mac(key.Span, verb, fields));
        return data;
    }

    /// <summary>Reads a pressed button's data.</summary>
    /// <returns>Null where it was not made by <see cref="Sign"/> for this verb.</returns>
    internal CardBinding? Read(string verb, IReadOnlyDictionary<string, string> data)
    {
        var fields = Names[..^1].Select(name => data.GetValueOrDefault(name)).ToArray();
        if (fields.Any(field => field is null) || data.GetValueOrDefault("mac") is not { Length: 43 } text || !TryDecode(text, out var mac))
        {
            return null;
        }

        var genuine = CryptographicOperations.FixedTimeEquals(Mac(key.Span, verb, fields!), mac)
            | (!previous.IsEmpty && CryptographicOperations.FixedTimeEquals(Mac(previous.Span, verb, fields!), mac));
        return genuine
            ? new(
                CorrelationId.Parse(fields[0]!),
                int.Parse(fields[1]!, CultureInfo.InvariantCulture),
                Digest.Parse(fields[2]!),
                fields[3]!,
                DateTimeOffset.FromUnixTimeSeconds(long.Parse(fields[4]!, CultureInfo.InvariantCulture)),
                fields[5]!,
                fields[6]!)
            : null;
    }

    private static string[] Fields(CardBinding binding) =>
    [
        binding.Id.ToString(),
        binding.Revision.ToString(CultureInfo.InvariantCulture),
        binding.Subject.ToString(),
        binding.Nonce,
        binding.ExpiresAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        binding.ConversationId,
        binding.ActivityId,
    ];

    // Each field with its length in front: no two different lists of fields give the same bytes.
    private static byte[] Mac(ReadOnlySpan<byte> key, string verb, string[] fields)
    {
        var text = new StringBuilder("governance card 1\n");
        foreach (var field in fields.Prepend(verb))
        {
            text.Append(CultureInfo.InvariantCulture, $"{field.Length}:{field}\n");
        }

        return HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static bool TryDecode(string text, out byte[] mac)
    {
        mac = new byte[HMACSHA256.HashSizeInBytes];

        // Trying alone throws where a character is none of base64url.
        return Base64Url.IsValid(text) && Base64Url.TryDecodeFromChars(text, mac, out var length) && length == mac.Length;
    }
}
