using System.Collections.Immutable;

namespace Governance.Core.Evidence;

/// <summary>Something about handed-in evidence that its sender has to know.</summary>
/// <param name="Path">Where, as a JSON path from the document's root, for example <c>$.sbom.components[3].name</c>; in XML the element's path.</param>
/// <param name="Message">What is wrong there; never quotes more than a few dozen characters of the input.</param>
public sealed record EvidenceProblem(string Path, string Message);

/// <summary>What reading evidence found wrong: errors refuse it, warnings are shown beside it.</summary>
/// <param name="Errors">The first 100, in reading order.</param>
/// <param name="ErrorCount">How many there are in all.</param>
/// <param name="Warnings">The first 100, in reading order.</param>
/// <param name="WarningCount">How many there are in all.</param>
/// <param name="TooLarge">A size limit was passed, so that the answer is 413 rather than 400.</param>
public sealed record EvidenceProblems(
    ImmutableArray<EvidenceProblem> Errors, int ErrorCount, ImmutableArray<EvidenceProblem> Warnings, int WarningCount, bool TooLarge)
{
    /// <summary>Nothing wrong.</summary>
    public static EvidenceProblems None { get; } = new([], 0, [], 0, false);

    /// <summary>Whether the evidence may be stored.</summary>
    public bool Accepted => ErrorCount == 0;
}

/// <summary>Collects problems while reading; keeps the first hundred of each kind and counts the rest.</summary>
internal sealed class ProblemLog
{
    private const int Kept = 100;
    private readonly List<EvidenceProblem> _errors = [];
    private readonly List<EvidenceProblem> _warnings = [];
    private int _errorCount;
    private int _warningCount;
    private bool _tooLarge;

    public int ErrorCount => _errorCount;

    /// <summary>Whether a further error would be kept; where not, its path need not be rendered.</summary>
    public bool KeepsErrors => _errorCount < Kept;

    /// <summary>Whether a further warning would be kept.</summary>
    public bool KeepsWarnings => _warningCount < Kept;

    public void Error(string path, string message) => Add(_errors, ref _errorCount, path, message);

    public void Warn(string path, string message) => Add(_warnings, ref _warningCount, path, message);

    /// <summary>An error whose answer is 413.</summary>
    public void TooLarge(string path, string message)
    {
        _tooLarge = true;
        Error(path, message);
    }

    public EvidenceProblems ToProblems() =>
        _errorCount + _warningCount == 0 ? EvidenceProblems.None : new([.. _errors], _errorCount, [.. _warnings], _warningCount, _tooLarge);

    private static void Add(List<EvidenceProblem> kept, ref int count, string path, string message)
    {
        if (count++ < Kept)
        {
            kept.Add(new(path, message));
        }
    }
}
