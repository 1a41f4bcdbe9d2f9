using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Governance.Core.Evidence.Json;

/// <summary>Where a <see cref="JsonCursor"/> stands: the open objects and arrays, with the property names seen in each.</summary>
internal sealed class JsonTrail(string root)
{
    private const int LinearNames = 16;
    private const int ShownNameLength = 64;
    private readonly Frame[] _frames = new Frame[EvidenceLimits.JsonDepth + 1];
    private string[] _names = new string[64];
    private int _nameCount;
    private int _depth;

    public StringPool Names { get; } = new(1024);

    public StringPool Values { get; } = new(4096);

    /// <summary>How many objects and arrays are open.</summary>
    public int Depth => _depth;

    /// <summary>The item that is read now, of the innermost array.</summary>
    public int Index => _frames[_depth - 1].Index;

    /// <summary>The item that is read now, of the array around the innermost object.</summary>
    public int OuterIndex => _frames[_depth - 2].Index;

    public void Open(bool array) => _frames[_depth++] = new() { IsArray = array, Index = -1, FirstName = _nameCount };

    public void Close() => _nameCount = _frames[--_depth].FirstName;

    public void NextItem() => _frames[_depth - 1].Index++;

    /// <summary>Counts a value that is passed over, where it is an array's item.</summary>
    public void CountItem(JsonTokenType token)
    {
        ref var frame = ref _frames[_depth - 1];
        frame.Index += frame.IsArray && token is not JsonTokenType.EndArray ? 1 : 0;
    }

    /// <summary>Notes a property of the innermost object.</summary>
    /// <returns>False when the object has this name already.</returns>
    public bool NextName(string name)
    {
        ref var frame = ref _frames[_depth - 1];
        frame.Name = name;
        if (frame.Many is { } many)
        {
            return many.Add(name);
        }

        for (var i = frame.FirstName; i < _nameCount; i++)
        {
            // Pooled names are mostly the same object, which Equals sees first.
            if (string.Equals(_names[i], name, StringComparison.Ordinal))
            {
                return false;
            }
        }

        if (_nameCount - frame.FirstName == LinearNames)
        {
            frame.Many = new(_names.AsSpan(frame.FirstName, LinearNames).ToArray(), StringComparer.Ordinal);
            return frame.Many.Add(name);
        }

        if (_nameCount == _names.Length)
        {
            Array.Resize(ref _names, _names.Length * 2);
        }

        _names[_nameCount++] = name;
        return true;
    }

    /// <summary>Renders the place as a JSON path.</summary>
    public override string ToString()
    {
        var path = new StringBuilder(root);
        for (var i = 0; i < _depth; i++)
        {
            ref readonly var frame = ref _frames[i];
            if (frame.IsArray)
            {
                // Before the first item the array itself is meant.
                _ = frame.Index < 0 ? path : path.Append(CultureInfo.InvariantCulture, $"[{frame.Index}]");
            }
            else if (frame.Name is { } name)
            {
                AppendName(path, name);
            }
        }

        return path.ToString();
    }

    private static void AppendName(StringBuilder path, string name)
    {
        if (name.Length is > 0 and <= ShownNameLength && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '$' or '@'))
        {
            path.Append('.').Append(name);
            return;
        }

        path.Append("['").Append(Shown.Text(name, ShownNameLength)).Append("']");
    }

    private struct Frame
    {
        public bool IsArray;
        public int Index;
        public int FirstName;
        public string? Name;
        public HashSet<string>? Many;
    }
}
