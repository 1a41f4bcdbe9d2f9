using Governance.Core.Evidence;
using Governance.Core.Evidence.Scans;

namespace Governance.Core.Tests.Evidence;

public sealed class Scores
{
    // Worked examples of FIRST's user guides.
    [Theory]
    [InlineData("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8)]
    [InlineData("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0)]
    [InlineData("CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1)]
    [InlineData("CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 7.8)]
    [InlineData("CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 3.1)]
    [InlineData("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4)]
    [InlineData("CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:N", 4.6)]
    [InlineData("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0)]
    [InlineData("AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N/E:P", 7.5)]
    [InlineData("AV:N/AC:L/Au:N/C:N/I:N/A:C", 7.8)]
    [InlineData("AV:N/AC:L/Au:N/C:P/I:P/A:P", 7.5)]
    [InlineData("AV:L/AC:H/Au:N/C:C/I:C/A:C", 6.2)]
    public void A_vector_has_its_base_score(string vector, double score) => Assert.Equal(score, CvssVector.BaseScore(vector));

    [Theory]
    [InlineData("")]
    [InlineData("CVSS:3.1/AV:N")]
    [InlineData("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/A:H")]
    [InlineData("CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")]
    [InlineData("AV:N/AC:L/Au:N/C:P/I:P")]
    [InlineData("nonsense")]
    public void A_broken_vector_has_none(string vector) => Assert.Null(CvssVector.BaseScore(vector));

    [Theory]
    [InlineData(10.0, Severity.Critical)]
    [InlineData(9.0, Severity.Critical)]
    [InlineData(8.9, Severity.High)]
    [InlineData(7.0, Severity.High)]
    [InlineData(6.9, Severity.Medium)]
    [InlineData(4.0, Severity.Medium)]
    [InlineData(3.9, Severity.Low)]
    [InlineData(0.1, Severity.Low)]
    [InlineData(0.0, Severity.Informational)]
    [InlineData(-0.1, Severity.Unknown)]
    [InlineData(10.1, Severity.Unknown)]
    [InlineData(double.NaN, Severity.Unknown)]
    public void A_score_falls_into_its_band(double score, Severity severity) => Assert.Equal(severity, SeverityScale.OfScore(score));

    [Theory]
    [InlineData(7.0, Severity.High)]
    [InlineData(6.9, Severity.Medium)]
    [InlineData(3.9, Severity.Low)]
    [InlineData(0.0, Severity.Low)]
    [InlineData(11.0, Severity.Unknown)]
    public void Version_2_knows_no_critical(double score, Severity severity) => Assert.Equal(severity, SeverityScale.OfScoreV2(score));

    [Theory]
    [InlineData("CRITICAL", Severity.Critical)]
    [InlineData("Important", Severity.High)]
    [InlineData("MODERATE", Severity.Medium)]
    [InlineData("Low", Severity.Low)]
    [InlineData("Negligible", Severity.Informational)]
    [InlineData("unimportant", Severity.Informational)]
    [InlineData("not yet assigned", Severity.Unknown)]
    [InlineData("", Severity.Unknown)]
    [InlineData(null, Severity.Unknown)]
    public void A_word_has_its_place(string? word, Severity severity) => Assert.Equal(severity, SeverityScale.OfWord(word));
}
