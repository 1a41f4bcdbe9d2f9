using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Governance.Core.Evidence.Json;

/// <content>Reading single values. Each method gives null, with an error noted, for a value that does not fit.</content>
internal ref partial struct JsonCursor
{
    /// <summary>Free text; longer than the limit is an error.</summary>
    public string? Text(int longest = EvidenceLimits.StringBytes) => IsString(longest) ? TakeString() : null;

    /// <summary>A name, id, version or reference: not empty, no control characters, at most 4,096 bytes unless told otherwise.</summary>
    public string? Identifier(int longest = EvidenceLimits.NameBytes)
    {
        if (!IsString(longest))
        {
            return null;
        }

        var text = TakeString();
        if (text.Length == 0)
        {
            Error("must not be empty");
            return null;
        }

        if (HasControl(text))
        {
            Error("must not hold control characters");
            return null;
        }

        return text;
    }

    /// <summary>As <see cref="Identifier"/>, but an empty text is taken for "not stated", without a complaint.</summary>
    public string? OptionalIdentifier(int longest = EvidenceLimits.NameBytes)
    {
        if (_reader.TokenType == JsonTokenType.String && RawLength == 0)
        {
            _unread = false;
            return null;
        }

        return Identifier(longest);
    }

    /// <summary>One of the words of an enumeration.</summary>
    public T? Word<T>()
        where T : struct, Enum
    {
        if (!IsString(EvidenceLimits.StringBytes))
        {
            return null;
        }

        if (WireWords<T>.TryParse(TakeString(), out var value))
        {
            return value;
        }

        Error($"must be one of {WireWords<T>.All}");
        return null;
    }

    /// <summary>true or false.</summary>
    public bool? Flag()
    {
        if (_reader.TokenType is JsonTokenType.True or JsonTokenType.False)
        {
            _unread = false;
            return _reader.TokenType == JsonTokenType.True;
        }

        WrongType("must be true or false");
        return null;
    }

    /// <summary>A whole number within bounds; <c>1.0</c> and <c>1e0</c> are whole.</summary>
    public long? Integer(long least, long most)
    {
        if (_reader.TokenType != JsonTokenType.Number)
        {
            WrongType("must be a whole number");
            return null;
        }

        var number = Number();
        if (_reader.TryGetInt64(out var value) || (number is { } real && JsonText.TryToWhole(real, out value)))
        {
            if (value >= least && value <= most)
            {
                return value;
            }
        }

        Error($"must be a whole number from {least} to {most}");
        return null;
    }

    /// <summary>A finite number.</summary>
    public double? Number()
    {
        if (_reader.TokenType != JsonTokenType.Number)
        {
            WrongType("must be a number");
            return null;
        }

        _unread = false;
        if (RawLength > EvidenceLimits.NumberBytes)
        {
            Refuse($"a number has more than {EvidenceLimits.NumberBytes} digits");
        }

        if (_reader.TryGetDouble(out var value) && double.IsFinite(value))
        {
            return value;
        }

        Error("must be a finite number");
        return null;
    }

    /// <summary>A number's text as it is written.</summary>
    public readonly string NumberText() =>
        System.Text.Encoding.ASCII.GetString(_reader.HasValueSequence ? _reader.ValueSequence.ToArray() : _reader.ValueSpan);

    /// <summary>An RFC 3339 date and time with zone, as UTC.</summary>
    public DateTimeOffset? Timestamp()
    {
        if (!IsString(EvidenceLimits.StringBytes))
        {
            return null;
        }

        if (Rfc3339.TryParse(TakeString(), out var value))
        {
            return value;
        }

        Error("must be an RFC 3339 date and time with a zone, such as 2025-01-31T12:00:00Z");
        return null;
    }

    /// <summary>A SHA-256 in hexadecimal.</summary>
    public Digest? Sha256()
    {
        if (!IsString(EvidenceLimits.StringBytes))
        {
            return null;
        }

        if (Digest.TryParse(TakeString(), null, out var value))
        {
            return value;
        }

        Error("must be a SHA-256 of 64 hexadecimal digits");
        return null;
    }

    /// <summary>Bytes in base64, standard or URL-safe, with or without padding.</summary>
    /// <param name="longest">Of the text; this one may pass the limit of other strings.</param>
    public byte[]? Base64(long longest)
    {
        if (_reader.TokenType != JsonTokenType.String)
        {
            WrongType("must be a string in base64");
            return null;
        }

        if (RawLength > longest)
        {
            Refuse($"a string has more than {longest} bytes");
        }

        CheckSurrogates();
        _unread = false;
        var text = _reader.GetString()!;
        var buffer = new byte[(text.Length / 4 * 3) + 3];
        if (Convert.TryFromBase64String(text, buffer, out var written) || Base64Url.DecodeFromChars(text, buffer, out _, out written) == OperationStatus.Done)
        {
            return buffer.AsSpan(0, written).ToArray();
        }

        Error("must be base64");
        return null;
    }

    /// <summary>Whether the value that is read now is null, which is then done with.</summary>
    public bool IsNull()
    {
        if (_reader.TokenType != JsonTokenType.Null)
        {
            return false;
        }

        _unread = false;
        return true;
    }

    private bool IsString(int longest)
    {
        if (_reader.TokenType != JsonTokenType.String)
        {
            return WrongType("must be a string");
        }

        CheckString();
        if (RawLength <= longest)
        {
            return true;
        }

        Error($"must not be longer than {longest} bytes");
        return false;
    }

    private string TakeString()
    {
        _unread = false;
        return Pooled(_trail.Values);
    }

    // Only escapes can bring control characters below U+0020 in; U+007F and the C1 range can stand as they are.
    private static bool HasControl(string text)
    {
        foreach (var c in text)
        {
            if (char.IsControl(c))
            {
                return true;
            }
        }

        return false;
    }
}
