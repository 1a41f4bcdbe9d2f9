namespace Governance.Functions.Http;

/// <summary>Everything that is wrong with one request, in the order in which it was found. Only the first hundred are kept: the rest says nothing new.</summary>
internal sealed class Findings
{
    private const int Limit = 100;
    private readonly List<FieldError> _errors = [];

    /// <summary>What was found.</summary>
    public IReadOnlyList<FieldError> Errors => _errors;

    /// <summary>Nothing is wrong.</summary>
    public bool None => _errors.Count == 0;

    /// <summary>Notes one more.</summary>
    public void Add(string field, string message)
    {
        if (_errors.Count < Limit)
        {
            _errors.Add(new(field, message));
        }
    }
}
