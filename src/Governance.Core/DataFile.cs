using System.Text.Json;

namespace Governance.Core;

/// <summary>Reads a versioned data file strictly and collects everything that is wrong with it, each problem with its JSON path.</summary>
internal sealed class DataFile
{
    private readonly List<string> _problems = [];

    /// <summary>What is wrong so far.</summary>
    public EquatableArray<string> Problems => [.. _problems];

    /// <summary>Reads a file; an answer of null leaves at least one problem behind.</summary>
    /// <param name="json">UTF-8; comments, trailing commas and repeated members are refused.</param>
    /// <param name="read">Builds the value; its result counts only if it left no problem.</param>
    public static Loaded<T> Read<T>(ReadOnlyMemory<byte> json, Func<DataNode, DataVersion, T?> read)
        where T : class
    {
        var file = new DataFile();
        try
        {
            using var document = JsonDocument.Parse(json, new() { AllowDuplicateProperties = false, MaxDepth = 16 });
            var root = new DataNode(file, "$", document.RootElement);
            var value = root.IsObject() ? read(root, new(root.Text("version"), Digest.Of(json.Span))) : null;
            return file._problems.Count == 0 && value is not null ? new Loaded<T>.Valid(value) : new Loaded<T>.Refused(file.Problems);
        }
        catch (JsonException e)
        {
            return new Loaded<T>.Refused([$"$: not JSON: {e.Message}"]);
        }
    }

    /// <summary>Reads a file that is part of this program.</summary>
    public static ReadOnlyMemory<byte> Embedded(string name)
    {
        using var stream = typeof(DataFile).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not part of the program.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Notes a problem.</summary>
    public void Add(string path, string problem) => _problems.Add($"{path}: {problem}");
}

/// <summary>One element of a data file. A member that is wrong is noted and read as a harmless value, so that reading goes on to the next problem.</summary>
internal readonly struct DataNode(DataFile file, string path, JsonElement element)
{
    /// <summary>Its JSON path.</summary>
    public string Path => path;

    /// <summary>Notes a problem with this element.</summary>
    public void Problem(string problem) => file.Add(path, problem);

    /// <summary>Notes a problem unless this is an object.</summary>
    public bool IsObject() => Is(JsonValueKind.Object, "an object");

    /// <summary>Whether the member is there.</summary>
    public bool Has(string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out _);

    /// <summary>Notes every member that is not in the list.</summary>
    public void Only(params ReadOnlySpan<string> names)
    {
        foreach (var member in element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : default)
        {
            if (!names.Contains(member.Name))
            {
                file.Add($"{path}.{member.Name}", "is not known here.");
            }
        }
    }

    /// <summary>A non-empty text.</summary>
    public string Text(string name) => TryGet(name, out var member) ? member.Text() : string.Empty;

    /// <summary>This element as a non-empty text.</summary>
    public string Text()
    {
        var text = element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        if (string.IsNullOrWhiteSpace(text))
        {
            Problem("must be a non-empty text.");
        }

        return text ?? string.Empty;
    }

    /// <summary>An integer of the range.</summary>
    public int Integer(string name, int min, int max)
    {
        if (!TryGet(name, out var member))
        {
            return min;
        }

        return member.Integer(min, max);
    }

    /// <summary>This element as an integer of the range.</summary>
    public int Integer(int min, int max)
    {
        if (element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var value) && value >= min && value <= max)
        {
            return value;
        }

        Problem($"must be an integer from {min} to {max}.");
        return min;
    }

    /// <summary>A truth value; absent is the default.</summary>
    public bool Flag(string name, bool absent)
    {
        if (!Has(name))
        {
            return absent;
        }

        TryGet(name, out var member);
        return member.Flag();
    }

    /// <summary>A number from 0 to 1 with at most two decimals, as hundredths; read from its digits, never as a floating-point number.</summary>
    public int Hundredths(string name)
    {
        if (!TryGet(name, out var member))
        {
            return 0;
        }

        return member.Hundredths();
    }

    /// <summary>The object; an empty one where it is missing or none.</summary>
    public DataNode Object(string name)
    {
        TryGet(name, out var member);
        member.IsObject();
        return member;
    }

    /// <summary>The members of this object, in order.</summary>
    public IEnumerable<(string Name, DataNode Value)> Members()
    {
        var (owner, at) = (file, path);
        return element.ValueKind == JsonValueKind.Object
            ? element.EnumerateObject().Select(member => (member.Name, new DataNode(owner, $"{at}.{member.Name}", member.Value)))
            : [];
    }

    /// <summary>The items of a list; absent is a problem, or empty where the member is optional.</summary>
    public IEnumerable<DataNode> Items(string name, bool optional = false)
    {
        if ((optional && !Has(name)) || !TryGet(name, out var member) || !member.Is(JsonValueKind.Array, "a list"))
        {
            return [];
        }

        return member.Items();
    }

    /// <summary>The objects of a list; whatever else stands in it is noted.</summary>
    public IEnumerable<DataNode> Objects(string name) => Items(name).Where(item => item.IsObject());

    /// <summary>The texts of a list.</summary>
    public EquatableArray<string> Texts(string name, bool optional = false) => [.. Items(name, optional).Select(item => item.Text())];

    /// <summary>A word of a closed vocabulary.</summary>
    public T Word<T>(IReadOnlyDictionary<string, T> words)
    {
        var text = Text();
        if (words.TryGetValue(text, out var value))
        {
            return value;
        }

        if (text.Length > 0)
        {
            Problem($"'{text}' is none of {string.Join(", ", words.Keys)}.");
        }

        return words.Values.First();
    }

    /// <summary>A word of a closed vocabulary.</summary>
    public T Word<T>(string name, IReadOnlyDictionary<string, T> words) => TryGet(name, out var member) ? member.Word(words) : words.Values.First();

    private bool Flag()
    {
        if (element.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            Problem("must be true or false.");
        }

        return element.ValueKind == JsonValueKind.True;
    }

    private int Hundredths()
    {
        var digits = element.ValueKind == JsonValueKind.Number ? element.GetRawText() : string.Empty;
        var (whole, fraction) = digits.Split('.') switch
        {
            [var one] => (one, "0"),
            [var one, { Length: 1 or 2 } two] => (one, two),
            _ => (string.Empty, string.Empty),
        };
        if (whole is "0" or "1" && fraction.All(char.IsAsciiDigit))
        {
            var value = ((whole[0] - '0') * 100) + ((fraction[0] - '0') * 10) + (fraction.Length == 2 ? fraction[1] - '0' : 0);
            if (value <= 100)
            {
                return value;
            }
        }

        Problem("must be a number from 0 to 1 with at most two decimals.");
        return 0;
    }

    private IEnumerable<DataNode> Items()
    {
        var (owner, at) = (file, path);
        return element.EnumerateArray().Select((item, index) => new DataNode(owner, $"{at}[{index}]", item));
    }

    private bool Is(JsonValueKind kind, string what)
    {
        if (element.ValueKind == kind)
        {
            return true;
        }

        // An absent member was noted where it was looked for.
        if (element.ValueKind != JsonValueKind.Undefined)
        {
            Problem($"must be {what}.");
        }

        return false;
    }

    private bool TryGet(string name, out DataNode member)
    {
        if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value))
        {
            member = new(file, $"{path}.{name}", value);
            return true;
        }

        if (element.ValueKind == JsonValueKind.Object)
        {
            file.Add($"{path}.{name}", "is missing.");
        }

        member = new(file, $"{path}.{name}", default);
        return false;
    }
}
