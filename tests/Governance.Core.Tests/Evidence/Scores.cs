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
    [InlineData("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 10.0)]
    [InlineData("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 9.3)]
    [InlineData("CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U", 7.3)]
    [InlineData("CVSS:4.0/AV:A/AC:L/AT:N/PR:L/UI:P/VC:L/VI:H/VA:N/SC:L/SI:N/SA:H", 6.8)]
    [InlineData("CVSS:4.0/AV:P/AC:H/AT:P/PR:H/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N", 1.0)]
    [InlineData("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", 0.0)]
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
    [InlineData("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N")]
    [InlineData("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:R/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N")]
    [InlineData("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:S/SA:N")]
    public void A_broken_vector_has_none(string vector) => Assert.Null(CvssVector.BaseScore(vector));

    // The digest is that of the same scores in exact fractions. The calculator that FIRST published gives them too, but for 522 that lie on half a tenth, where its floating point falls short of it.
    [Fact]
    public void Every_base_vector_of_CVSS_4_has_the_score_that_exact_fractions_give()
    {
        (string Name, string Values)[] metrics =
            [("AV", "NALP"), ("AC", "LH"), ("AT", "NP"), ("PR", "NLH"), ("UI", "NPA"), ("VC", "HLN"), ("VI", "HLN"), ("VA", "HLN"), ("SC", "HLN"), ("SI", "HLN"), ("SA", "HLN")];
        IEnumerable<string> vectors = ["CVSS:4.0"];
        vectors = metrics.Aggregate(vectors, (before, metric) => before.SelectMany(vector => metric.Values.Select(value => $"{vector}/{metric.Name}:{value}")));

        var scores = vectors.Select(vector => CvssVector.BaseScore(vector)!.Value.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture)).ToList();

        Assert.Equal(104_976, scores.Count);
        Assert.Equal("e759865153ee4bbe3d44b7e30630152e3c8b6dcbcc08d3b4ae8838dff8020edd", Digest.Of(System.Text.Encoding.ASCII.GetBytes(string.Join(' ', scores))).ToString());
    }

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
