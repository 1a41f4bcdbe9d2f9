using System.Buffers;
using System.Globalization;
using System.Text;
using System.Xml;

namespace Governance.Core.Evidence.TestReports;

/// <summary>
/// Reads TRX and JUnit XML. No document type, no entities, nothing is resolved. The results themselves are counted: the stated sums are
/// often wrong (adapters leave skipped tests out of <c>notExecuted</c>, JUnit's are optional).
/// </summary>
internal static class XmlTestReader
{
    private const string TrxNamespace = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    /// <returns>Null, with errors noted, where it is neither or could not be read.</returns>
    public static TestFacts? Read(ReadOnlySequence<byte> bytes, string path, ProblemLog problems, CancellationToken cancellation)
    {
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = EvidenceLimits.SmallFileBytes,
            IgnoreComments = true,
            IgnoreWhitespace = true,
            IgnoreProcessingInstructions = true,
            CloseInput = true,
        };
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(bytes.ToArray(), writable: false), settings);
            reader.MoveToContent();
            switch (reader.LocalName, reader.NamespaceURI)
            {
                case ("TestRun", TrxNamespace):
                    return Trx(reader, path, problems, cancellation);
                case ("testsuites" or "testsuite", _):
                    return JUnit(reader, path, problems, cancellation);
                default:
                    problems.Error(path, $"has the root element {Shown.Quoted(reader.LocalName)}; TestRun (TRX) or testsuites (JUnit) is expected");
                    return null;
            }
        }
        catch (XmlException e)
        {
            problems.Error(path, string.Create(CultureInfo.InvariantCulture, $"is not XML that is accepted, line {e.LineNumber}: {Shown.Text(e.Message, 160)}"));
            return null;
        }
        catch (DecoderFallbackException)
        {
            problems.Error(path, "is not in the encoding that it states");
            return null;
        }
    }

    private static TestFacts? Trx(XmlReader reader, string path, ProblemLog problems, CancellationToken cancellation)
    {
        var results = new Tally(path, problems, cancellation);
        string? stated = null;
        while (reader.Read() && results.Goes(reader))
        {
            if (reader.NodeType != XmlNodeType.Element || reader.NamespaceURI != TrxNamespace)
            {
                continue;
            }

            switch (reader.LocalName)
            {
                case "UnitTestResult":
                    results.Add(reader.GetAttribute("outcome") switch
                    {
                        "Passed" or "PassedButRunAborted" or "Warning" => Outcome.Passed,
                        "NotExecuted" or "NotRunnable" or "Pending" or "Inconclusive" or "Disconnected" => Outcome.Skipped,

                        // Failed, Error, Timeout, Aborted, and whatever else is no pass. Without the attribute TRX means an error.
                        _ => Outcome.Failed,
                    });
                    break;
                case "Counters":
                    stated = reader.GetAttribute("total");
                    break;
            }
        }

        if (results.Facts is { } facts && stated is not null && stated != facts.Total.ToString(CultureInfo.InvariantCulture))
        {
            problems.Warn(path, $"states {Shown.Quoted(stated)} tests and lists {facts.Total}; the list counts");
        }

        return results.Facts;
    }

    private static TestFacts? JUnit(XmlReader reader, string path, ProblemLog problems, CancellationToken cancellation)
    {
        var results = new Tally(path, problems, cancellation);
        Outcome? current = null;
        do
        {
            switch (reader.NodeType, reader.LocalName)
            {
                case (XmlNodeType.Element, "testcase"):
                    current = Outcome.Passed;
                    if (reader.IsEmptyElement)
                    {
                        results.Add(Outcome.Passed);
                        current = null;
                    }

                    break;
                case (XmlNodeType.EndElement, "testcase") when current is { } outcome:
                    results.Add(outcome);
                    current = null;
                    break;
                case (XmlNodeType.Element, "failure" or "error") when current is not null:
                    current = Outcome.Failed;
                    break;
                case (XmlNodeType.Element, "skipped") when current == Outcome.Passed:
                    current = Outcome.Skipped;
                    break;
            }
        }
        while (results.Goes(reader) && reader.Read());

        return results.Facts;
    }

    private enum Outcome
    {
        Passed,
        Failed,
        Skipped,
    }

    /// <summary>Counts outcomes within the limits.</summary>
    private sealed class Tally(string path, ProblemLog problems, CancellationToken cancellation)
    {
        private readonly int[] _counts = new int[3];
        private bool _refused;

        public TestFacts? Facts => _refused ? null : new(_counts.Sum(), _counts[(int)Outcome.Passed], _counts[(int)Outcome.Failed], _counts[(int)Outcome.Skipped]);

        public void Add(Outcome outcome) => _counts[(int)outcome]++;

        /// <summary>Whether reading may go on.</summary>
        public bool Goes(XmlReader reader)
        {
            cancellation.ThrowIfCancellationRequested();
            if (reader.Depth > EvidenceLimits.JsonDepth || _counts.Sum() > EvidenceLimits.TestCases)
            {
                problems.Error(path, $"nests more than {EvidenceLimits.JsonDepth} elements or lists more than {EvidenceLimits.TestCases} tests");
                _refused = true;
            }

            return !_refused;
        }
    }
}
