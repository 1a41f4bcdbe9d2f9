using System.Buffers;
using Governance.Core.Evidence;
using Governance.Core.Evidence.TestReports;

namespace Governance.Core.Tests.Evidence;

public sealed class TestResults
{
    [Fact]
    public void The_public_trx_file_counts_its_results_not_its_counters() =>
        Assert.Equal(new TestFacts(11, 5, 5, 1), Read(PublicSamples.Read("trx-xunit-sample.trx")).Facts);

    [Theory]
    [InlineData("results.trx", 5, 1, 3, 1)]
    [InlineData("junit.xml", 5, 2, 2, 1)]
    [InlineData("ctrf.json", 4, 2, 1, 1)]
    public void Every_format_is_counted_test_by_test(string file, int total, int passed, int failed, int skipped)
    {
        var (facts, problems) = Read(OwnSamples.Read(file));

        Assert.Empty(problems.Errors);
        Assert.Equal(new TestFacts(total, passed, failed, skipped), facts);
    }

    [Theory]
    [InlineData("""{"reportFormat": "CTRF", "results": {"summary": {"tests": 5, "passed": 3, "failed": 1}}}""", 5, 3, 1, 1)]
    [InlineData("""{"total": 4, "passed": 3, "failed": 1, "skipped": 0}""", 4, 3, 1, 0)]
    [InlineData("""{"passed": 3, "failed": 1}""", 4, 3, 1, 0)]
    [InlineData("""{"total": 5, "passed": 3, "failed": 1}""", 5, 3, 1, 1)]
    [InlineData("""{"_type": "https://in-toto.io/Statement/v1", "subject": [{"digest": {"sha1": "aa"}}], "predicateType": "https://in-toto.io/attestation/test-result/v0.1", "predicate": {"result": "FAILED", "passedTests": ["a"], "warnedTests": ["b"], "failedTests": ["c"]}}""", 3, 2, 1, 0)]
    [InlineData("<testsuite><testcase/></testsuite>", 1, 1, 0, 0)]
    public void Sums_are_taken_where_there_is_no_list(string text, int total, int passed, int failed, int skipped) =>
        Assert.Equal(new TestFacts(total, passed, failed, skipped), Read(Reading.Utf8(text)).Facts);

    [Theory]
    [InlineData("<!DOCTYPE x [<!ENTITY a \"b\">]><testsuite>&a;</testsuite>", "is not XML that is accepted")]
    [InlineData("<testsuite><testcase></testsuite>", "is not XML that is accepted")]
    [InlineData("<testsuite><testcase name=\"\u0001\"/></testsuite>", "is not XML that is accepted")]
    [InlineData("<html/>", "TestRun (TRX) or testsuites (JUnit)")]
    [InlineData("<TestRun/>", "TestRun (TRX) or testsuites (JUnit)")]
    [InlineData("""{"reportFormat": "CTRF"}""", "needs results")]
    [InlineData("""{"a": 1}""", "TRX, JUnit XML, CTRF")]
    [InlineData("""{"passed": 1}""", "needs passed and failed")]
    [InlineData("""{"a": """, "is not JSON")]
    [InlineData("", "is empty")]
    public void What_is_no_test_report_says_so(string text, string message)
    {
        var (facts, problems) = Read(Reading.Utf8(text));

        Assert.Null(facts);
        Assert.Contains(message, Assert.Single(problems.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_and_endless_lists_are_refused()
    {
        var deep = string.Concat(Enumerable.Repeat("<testsuite>", 100)) + string.Concat(Enumerable.Repeat("</testsuite>", 100));
        var many = "<testsuite>" + string.Concat(Enumerable.Repeat("<testcase/>", EvidenceLimits.TestCases + 1)) + "</testsuite>";

        Assert.Null(Read(Reading.Utf8(deep)).Facts);
        Assert.Null(Read(Reading.Utf8(many)).Facts);
    }

    [Fact]
    public void A_report_in_which_no_test_ran_is_pointed_out() =>
        Assert.Contains("no test was run", Read(Reading.Utf8("<testsuite><testcase><skipped/></testcase></testsuite>")).Problems.Warnings[0].Message, StringComparison.Ordinal);

    [Fact]
    public void Reports_of_a_pack_are_summed()
    {
        var document = Reading.Document($$"""{"tests": [{"passed": 10, "failed": 0}, {"sha256": "{{OwnSamples.Artifact}}"}]}""").Document!;
        var assembly = new EvidenceAssembly(document);
        assembly.Add(document.Files[0], OwnSamples.Read("junit.xml"));

        Assert.Equal(new TestFacts(15, 12, 2, 1), assembly.Complete(Reading.Pack, EvidenceTrust.Nobody).Facts!.Tests);
    }

    private static (TestFacts? Facts, EvidenceProblems Problems) Read(ReadOnlySequence<byte> bytes)
    {
        var problems = new ProblemLog();
        var facts = TestReader.Read(bytes, EvidenceFormats.Detect(bytes), "$", problems, CancellationToken.None);
        return (facts, problems.ToProblems());
    }
}
