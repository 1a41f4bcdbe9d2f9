namespace Governance.Local.Intune;

/// <summary>
/// The part of OData's filter language that Graph takes on apps: <c>isof</c>, <c>eq</c>, <c>contains</c>, <c>startswith</c>, <c>and</c>,
/// <c>or</c> and parentheses.
/// </summary>
internal sealed class ODataFilter
{
    private readonly Func<SimulatedApp, bool> _matches;

    private ODataFilter(Func<SimulatedApp, bool> matches, IReadOnlyList<string> notesNeedles) => (_matches, NotesNeedles) = (matches, notesNeedles);

    /// <summary>Texts of which every match has each in its notes; empty where the filter promises none.</summary>
    public IReadOnlyList<string> NotesNeedles { get; }

    public bool Matches(SimulatedApp app) => _matches(app);

    /// <returns>Null where the text is no filter of this language.</returns>
    public static ODataFilter? Parse(string text)
    {
        var parser = new Parser(text);
        return parser.Or() is { } node && parser.AtEnd ? new(node.Matches, node.NotesNeedles) : null;
    }

    private sealed record Node(Func<SimulatedApp, bool> Matches, IReadOnlyList<string> NotesNeedles);

    private sealed class Parser(string text)
    {
        private int _at;

        public bool AtEnd => Peek() == '\0';

        public Node? Or()
        {
            var left = And();
            while (left is not null && Word("or"))
            {
                if (And() is not { } right)
                {
                    return null;
                }

                var (a, b) = (left, right);
                left = new(app => a.Matches(app) || b.Matches(app), []);
            }

            return left;
        }

        private Node? And()
        {
            var left = Term();
            while (left is not null && Word("and"))
            {
                if (Term() is not { } right)
                {
                    return null;
                }

                var (a, b) = (left, right);
                left = new(app => a.Matches(app) && b.Matches(app), [.. a.NotesNeedles, .. b.NotesNeedles]);
            }

            return left;
        }

        private Node? Term()
        {
            if (Char('('))
            {
                return Or() is { } inner && Char(')') ? inner : null;
            }

            var name = Name();
            return name switch
            {
                "isof" => Char('(') && Literal() is { } type && Char(')')
                    ? new(_ => type is "microsoft.graph.win32LobApp" or "microsoft.graph.mobileLobApp" or "microsoft.graph.mobileApp", [])
                    : null,
                "contains" or "startswith" => Char('(') && Property(Name()) is { } property && Char(',') && Literal() is { } part && Char(')')
                    ? Text(property, part, name == "contains")
                    : null,
                _ => Property(name) is { } compared && Word("eq") && Literal() is { } value
                    ? new(app => string.Equals(Of(app, compared), value, StringComparison.OrdinalIgnoreCase), [])
                    : null,
            };
        }

        private static Node Text(string property, string part, bool anywhere) => anywhere
            ? new(app => Of(app, property).Contains(part, StringComparison.OrdinalIgnoreCase), property == "notes" ? [part] : [])
            : new(app => Of(app, property).StartsWith(part, StringComparison.OrdinalIgnoreCase), []);

        private static string? Property(string name) => name is "displayName" or "notes" or "publisher" or "id" ? name : null;

        private static string Of(SimulatedApp app, string property) => property == "id" ? app.Id : app.Text(property);

        private char Peek()
        {
            while (_at < text.Length && text[_at] == ' ')
            {
                _at++;
            }

            return _at < text.Length ? text[_at] : '\0';
        }

        private bool Char(char wanted)
        {
            if (Peek() != wanted)
            {
                return false;
            }

            _at++;
            return true;
        }

        private bool Word(string wanted)
        {
            _ = Peek();
            var end = _at + wanted.Length;
            if (end > text.Length || string.CompareOrdinal(text, _at, wanted, 0, wanted.Length) != 0 || (end < text.Length && char.IsLetterOrDigit(text[end])))
            {
                return false;
            }

            _at = end;
            return true;
        }

        private string Name()
        {
            _ = Peek();
            var start = _at;
            while (_at < text.Length && char.IsLetterOrDigit(text[_at]))
            {
                _at++;
            }

            return text[start.._at];
        }

        private string? Literal()
        {
            if (!Char('\''))
            {
                return null;
            }

            var value = new System.Text.StringBuilder();
            for (; _at < text.Length; _at++)
            {
                if (text[_at] != '\'')
                {
                    value.Append(text[_at]);
                }
                else if (_at + 1 < text.Length && text[_at + 1] == '\'')
                {
                    value.Append('\'');
                    _at++;
                }
                else
                {
                    _at++;
                    return value.ToString();
                }
            }

            return null;
        }
    }
}
