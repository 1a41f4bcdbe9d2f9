namespace Governance.Core.Evidence.Scans;

/// <summary>The highest CVSS score of the newest CVSS version that anybody gave.</summary>
internal sealed class BestScore
{
    private double _score = double.NaN;
    private int _version;

    /// <summary>Its text, as written.</summary>
    public string? Text { get; private set; }

    /// <summary>Its band; unknown without any.</summary>
    public Severity Severity => _version == 2 ? SeverityScale.OfScoreV2(_score) : SeverityScale.OfScore(_score);

    /// <summary>Takes a score into account; one outside 0 to 10 is none.</summary>
    /// <param name="version">2, 3 or 4.</param>
    public void Add(int version, double? score, string? text)
    {
        if (score is >= 0 and <= 10 && (version > _version || (version == _version && score > _score)))
        {
            (_version, _score, Text) = (version, score.Value, text);
        }
    }
}
