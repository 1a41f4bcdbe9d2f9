using System.Buffers;
using System.Text.Json;
using Governance.Core.Evidence.Attestations;
using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.TestReports;

/// <summary>Reads test results: TRX, JUnit XML, CTRF, in-toto test results, and plain sums.</summary>
internal static class TestReader
{
    private const string InTotoTestResult = "https://in-toto.io/attestation/test-result/v0.1";

    /// <returns>Null, with errors noted, where it is none or could not be read.</returns>
    public static TestFacts? Read(ReadOnlySequence<byte> bytes, Detected detected, string path, ProblemLog problems, CancellationToken cancellation)
    {
        var facts = detected.Format switch
        {
            EvidenceFormat.Xml => XmlTestReader.Read(bytes, path, problems, cancellation),
            EvidenceFormat.Ctrf => Json(bytes, path, problems, CtrfReader.Read, cancellation),
            EvidenceFormat.PlainTests => Json(bytes, path, problems, TestSummary.Read, cancellation),
            _ when AttestationReader.Reads(detected.Format) => Attested(bytes, path, problems, cancellation),
            EvidenceFormat.Unknown when !JsonText.IsObject(bytes, path, problems, cancellation) => null,
            _ => NotTests(detected, path, problems),
        };

        if (facts is { Total: > 0 } && facts.Passed + facts.Failed == 0)
        {
            problems.Warn(path, "no test was run");
        }

        return facts;
    }

    private delegate TestFacts? FactsBody(ref JsonCursor json);

    private static TestFacts? Json(ReadOnlySequence<byte> bytes, string path, ProblemLog problems, FactsBody body, CancellationToken cancellation)
    {
        TestFacts? facts = null;
        return JsonText.Read(bytes, path, problems, (ref json) => facts = body(ref json), nullIsAbsent: true, cancellation) ? facts : null;
    }

    private static TestFacts? NotTests(Detected detected, string path, ProblemLog problems)
    {
        problems.Error(path, $"is {EvidenceFormats.Name(detected.Format)}; TRX, JUnit XML, CTRF, an in-toto test result or a summary is expected");
        return null;
    }

    private static TestFacts? Attested(ReadOnlySequence<byte> bytes, string path, ProblemLog problems, CancellationToken cancellation)
    {
        TestFacts? sum = null;
        foreach (var attestation in AttestationReader.Read(bytes, path, problems, cancellation))
        {
            var statement = attestation.Statement;
            if (statement.PredicateType != InTotoTestResult)
            {
                problems.Warn(attestation.Path, $"{Shown.Quoted(statement.PredicateType, 80)} is no test result and is left alone");
            }
            else if (Json(statement.Predicate, statement.PredicatePath, problems, InTotoTests.Read, cancellation) is { } facts)
            {
                sum = sum is null ? facts : new(sum.Total + facts.Total, sum.Passed + facts.Passed, sum.Failed + facts.Failed, sum.Skipped + facts.Skipped);
            }
        }

        return sum;
    }
}

/// <summary>The in-toto test-result predicate: lists of names.</summary>
internal static class InTotoTests
{
    public static TestFacts? Read(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        int passed = 0, failed = 0;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "passedTests" or "warnedTests" when json.EnterArray():
                    passed += Count(ref json);
                    break;
                case "failedTests" when json.EnterArray():
                    failed += Count(ref json);
                    break;
                case "result" when json.Identifier() is { } result && result is not ("PASSED" or "WARNED" or "FAILED"):
                    json.Error("must be PASSED, WARNED or FAILED");
                    break;
            }
        }

        return new(passed + failed, passed, failed, 0);
    }

    private static int Count(ref JsonCursor json)
    {
        var count = 0;
        while (json.NextItem())
        {
            if (++count > EvidenceLimits.TestCases)
            {
                JsonCursor.Refuse($"more than {EvidenceLimits.TestCases} tests");
            }
        }

        return count;
    }
}

/// <summary>CTRF: the tests themselves are counted, the summary only where there are none.</summary>
internal static class CtrfReader
{
    public static TestFacts? Read(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        TestFacts? summary = null, counted = null;
        while (json.NextProperty())
        {
            if (json.Name != "results" || !json.EnterObject())
            {
                continue;
            }

            while (json.NextProperty())
            {
                switch (json.Name)
                {
                    case "summary" when json.Kind == JsonTokenType.StartObject:
                        summary = Summary(ref json);
                        break;
                    case "tests" when json.EnterArray():
                        counted = Tests(ref json);
                        break;
                }
            }
        }

        if (counted is { Total: > 0 })
        {
            return counted;
        }

        if (summary is null)
        {
            json.Error("needs results with tests or a summary");
        }

        return summary;
    }

    private static TestFacts Summary(ref JsonCursor json)
    {
        const int Most = TestSummary.Most;
        long tests = 0, passed = 0, failed = 0;
        json.EnterObject();
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "tests":
                    tests = json.Integer(0, Most) ?? 0;
                    break;
                case "passed":
                    passed = json.Integer(0, Most) ?? 0;
                    break;
                case "failed":
                    failed = json.Integer(0, Most) ?? 0;
                    break;
            }
        }

        // Pending and "other" did not pass, so they count with the skipped.
        return new((int)Math.Max(tests, passed + failed), (int)passed, (int)failed, (int)Math.Max(0, tests - passed - failed));
    }

    private static TestFacts Tests(ref JsonCursor json)
    {
        int total = 0, passed = 0, failed = 0;
        while (json.NextItem())
        {
            if (++total > EvidenceLimits.TestCases)
            {
                JsonCursor.Refuse($"more than {EvidenceLimits.TestCases} tests");
            }

            if (!json.EnterObject())
            {
                continue;
            }

            while (json.NextProperty())
            {
                if (json.Name == "status")
                {
                    var status = json.OptionalIdentifier();
                    passed += status == "passed" ? 1 : 0;
                    failed += status == "failed" ? 1 : 0;
                }
            }
        }

        return new(total, passed, failed, total - passed - failed);
    }
}
