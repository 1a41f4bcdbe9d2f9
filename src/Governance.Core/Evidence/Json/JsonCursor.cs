using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Governance.Core.Evidence.Json;

/// <summary>What is done with a JSON document's root value.</summary>
internal delegate void JsonBody(ref JsonCursor json);

/// <summary>
/// Walks untrusted JSON once, forward, keeping its place for messages. It refuses duplicate names at every depth, also in parts that nobody
/// reads, and holds the limits. Values that a reader leaves alone are passed over.
/// </summary>
/// <remarks>
/// Two kinds of complaint: a wrong value is noted and reading goes on; text that is no JSON, or breaks a limit, ends the reading
/// as <see cref="JsonException"/>, which only <see cref="JsonText.Read"/> catches.
/// </remarks>
internal ref partial struct JsonCursor
{
    private readonly ReadOnlySequence<byte> _utf8;
    private readonly JsonTrail _trail;
    private readonly ProblemLog _problems;
    private readonly CancellationToken _cancellation;
    private Utf8JsonReader _reader;
    private bool _unread;

    internal JsonCursor(ReadOnlySequence<byte> utf8, JsonTrail trail, ProblemLog problems, bool nullIsAbsent, CancellationToken cancellation)
    {
        _utf8 = utf8;
        _trail = trail;
        _problems = problems;
        _cancellation = cancellation;
        NullIsAbsent = nullIsAbsent;
        Name = string.Empty;
        _reader = new Utf8JsonReader(utf8, isFinalBlock: true, new JsonReaderState(new JsonReaderOptions { MaxDepth = EvidenceLimits.JsonDepth }));
        _reader.Read();
        _unread = true;
    }

    /// <summary>The property that is read now.</summary>
    public string Name { get; private set; }

    /// <summary>Whether null means the same as leaving a property out; else it is a wrong type.</summary>
    public bool NullIsAbsent { get; }

    /// <summary>The kind of the value that is read now.</summary>
    public readonly JsonTokenType Kind => _reader.TokenType;

    /// <summary>The item that is read now, of the innermost array.</summary>
    public readonly int Index => _trail.Index;

    /// <summary>The item of the array that holds the innermost object.</summary>
    public readonly int OuterIndex => _trail.OuterIndex;

    /// <summary>Where the cursor stands, as a JSON path.</summary>
    public readonly string Path => _trail.ToString();

    /// <summary>Errors noted so far, in all documents of this reading.</summary>
    public readonly int ErrorCount => _problems.ErrorCount;

    /// <summary>Notes an error here.</summary>
    public readonly void Error(string message) => _problems.Error(_problems.KeepsErrors ? Path : string.Empty, message);

    /// <summary>Notes a warning here.</summary>
    public readonly void Warn(string message) => _problems.Warn(_problems.KeepsWarnings ? Path : string.Empty, message);

    /// <summary>Ends the reading: a limit is broken.</summary>
    /// <exception cref="JsonException">Always.</exception>
    public static void Refuse(string message) => throw new JsonException(message);

    /// <summary>Steps into the object that is read now.</summary>
    /// <returns>False, with an error noted, when it is something else.</returns>
    public bool EnterObject() => Enter(JsonTokenType.StartObject, "must be an object");

    /// <summary>Steps into the array that is read now.</summary>
    /// <returns>False, with an error noted, when it is something else.</returns>
    public bool EnterArray() => Enter(JsonTokenType.StartArray, "must be an array");

    /// <summary>Goes to the next property of the innermost object; at its end steps out of it.</summary>
    public bool NextProperty()
    {
        PassOver();
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.EndObject)
        {
            _trail.Close();
            return false;
        }

        Name = TakeName();
        _reader.Read();
        _unread = true;
        return true;
    }

    /// <summary>Goes to the next item of the innermost array; at its end steps out of it.</summary>
    public bool NextItem()
    {
        PassOver();
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.EndArray)
        {
            _trail.Close();
            return false;
        }

        _trail.NextItem();
        _cancellation.ThrowIfCancellationRequested();
        _unread = true;
        return true;
    }

    /// <summary>Where the value that is read now starts; its bytes, once it is read, are <see cref="Since"/>.</summary>
    public readonly long Start => _reader.TokenStartIndex;

    /// <summary>The bytes from a start to the end of what has been read.</summary>
    public readonly ReadOnlySequence<byte> Since(long start) => _utf8.Slice(start, _reader.BytesConsumed - start);

    /// <summary>The bytes of the value that is read now, without looking at what they say; whoever reads them checks names and strings.</summary>
    public ReadOnlySequence<byte> TakeRaw()
    {
        _unread = false;
        var start = _reader.TokenStartIndex;
        _reader.Skip();
        return _utf8.Slice(start, _reader.BytesConsumed - start);
    }

    /// <summary>Reads to the end; anything but white space after the root value is refused.</summary>
    internal void Finish()
    {
        PassOver();
        _reader.Read();
    }

    private bool Enter(JsonTokenType expected, string complaint)
    {
        if (_reader.TokenType != expected)
        {
            return WrongType(complaint);
        }

        _unread = false;
        _trail.Open(array: expected == JsonTokenType.StartArray);
        return true;
    }

    private readonly bool WrongType(string complaint)
    {
        if (!(NullIsAbsent && _reader.TokenType == JsonTokenType.Null))
        {
            Error(complaint);
        }

        return false;
    }

    /// <summary>Takes the property name that the reader stands on.</summary>
    private readonly string TakeName()
    {
        if (RawLength > EvidenceLimits.PropertyNameBytes)
        {
            Refuse($"a property name has more than {EvidenceLimits.PropertyNameBytes} bytes");
        }

        CheckSurrogates();
        var name = Pooled(_trail.Names);
        if (!_trail.NextName(name))
        {
            Refuse($"the property {Shown.Quoted(name)} stands twice in one object");
        }

        return name;
    }

    /// <summary>Walks over a value that nobody read, with the checks that hold everywhere.</summary>
    private void PassOver()
    {
        if (!_unread)
        {
            return;
        }

        _unread = false;
        var outside = _trail.Depth;
        do
        {
            if (_trail.Depth > outside)
            {
                _trail.CountItem(_reader.TokenType);
            }

            switch (_reader.TokenType)
            {
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    _trail.Open(_reader.TokenType == JsonTokenType.StartArray);
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    _trail.Close();
                    break;
                case JsonTokenType.PropertyName:
                    TakeName();
                    break;
                case JsonTokenType.String:
                    CheckString();
                    break;
            }
        }
        while (_trail.Depth > outside && _reader.Read());
    }

    private readonly long RawLength => _reader.HasValueSequence ? _reader.ValueSequence.Length : _reader.ValueSpan.Length;

    private readonly void CheckString()
    {
        if (RawLength > EvidenceLimits.StringBytes)
        {
            Refuse($"a string has more than {EvidenceLimits.StringBytes} bytes");
        }

        CheckSurrogates();
    }

    private readonly void CheckSurrogates()
    {
        if (_reader.ValueIsEscaped && JsonText.HasLoneSurrogate(_reader.HasValueSequence ? _reader.ValueSequence.ToArray() : _reader.ValueSpan))
        {
            Refuse("a string holds half of a surrogate pair");
        }
    }

    private readonly string Pooled(StringPool pool) =>
        !_reader.ValueIsEscaped && !_reader.HasValueSequence && Ascii.IsValid(_reader.ValueSpan) ? pool.Get(_reader.ValueSpan) : _reader.GetString()!;
}
