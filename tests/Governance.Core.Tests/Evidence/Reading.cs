using System.Buffers;
using System.Text;
using Governance.Core.Evidence;
using Governance.Core.Evidence.Json;
using Governance.Core.Evidence.Sboms;
using Governance.Core.Evidence.Scans;

namespace Governance.Core.Tests.Evidence;

/// <summary>Short ways to hand text to the readers.</summary>
internal static class Reading
{
    public static readonly DateTimeOffset Noon = new(2025, 6, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly EvidencePackIdentity Pack = new(
        EvidencePackId.Parse("11111111-1111-4111-8111-111111111111"),
        Digest.Of("pack"u8),
        "notepad",
        "1.2.3",
        Noon,
        PersonId.Parse("22222222-2222-4222-8222-222222222222"));

    public static ReadOnlySequence<byte> Utf8(string text) => new(Encoding.UTF8.GetBytes(text));

    public static EvidenceParsing Document(string json) => EvidenceDocument.Parse(Utf8(json));

    /// <summary>The facts of a document that names no files and has no errors.</summary>
    public static EvidencePackReading Facts(string json, EvidenceTrust? trust = null)
    {
        var parsed = Document(json);
        Assert.Empty(parsed.Problems.Errors);
        return new EvidenceAssembly(parsed.Document!).Complete(Pack, trust ?? EvidenceTrust.Nobody);
    }

    public static (SbomDocument? Sbom, EvidenceProblems Problems) Sbom(ReadOnlySequence<byte> bytes)
    {
        var problems = new ProblemLog();
        var sbom = SbomReader.Read(bytes, EvidenceFormats.Detect(bytes), "$", problems, CancellationToken.None);
        return (sbom, problems.ToProblems());
    }

    public static (SbomDocument? Sbom, EvidenceProblems Problems) Sbom(string json) => Sbom(Utf8(json));

    public static (ScanReport? Report, EvidenceProblems Problems) Scan(ReadOnlySequence<byte> bytes)
    {
        var problems = new ProblemLog();
        var reports = ScanReader.Read(bytes, EvidenceFormats.Detect(bytes), "$", problems, CancellationToken.None);
        return (reports.SingleOrDefault(), problems.ToProblems());
    }

    public static (ScanReport? Report, EvidenceProblems Problems) Scan(string json) => Scan(Utf8(json));

    /// <summary>Splits bytes into segments of a length, so that values lie across them.</summary>
    public static ReadOnlySequence<byte> InSegments(ReadOnlySequence<byte> bytes, int length)
    {
        var all = bytes.ToArray();
        Segment? first = null, last = null;
        for (var at = 0; at < all.Length; at += length)
        {
            var memory = all.AsMemory(at, Math.Min(length, all.Length - at));
            last = last is null ? first = new(memory) : last.Append(memory);
        }

        return first is null ? default : new(first, 0, last!, last!.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
