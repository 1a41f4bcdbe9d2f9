using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Governance.Core.Evidence;
using Governance.Core.Evidence.Attestations;
using Governance.Core.Evidence.Sboms;
using Governance.Core.Evidence.Scans;
using Governance.Core.Evidence.TestReports;

namespace Governance.Core.Tests.Evidence;

/// <summary>
/// Whatever is handed in, the readers answer with problems: they throw nothing, take no long time and no much memory.
/// 1,000 variants of the sample files; GOVERNANCE_MALFORMED_EVIDENCE sets another number, GOVERNANCE_MALFORMED_SEED another seed.
/// </summary>
public sealed class MalformedEvidence
{
    private const int Variants = 1000;
    private const int Seed = 20250601;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private static readonly string[] Oddities =
    [
        "null", "1e400", "-0", "\"\\ud800\"", "\"\\u0000\"", "{}", "[]", "[[[[]]]]", "{\"a\":1,\"a\":2}", "9223372036854775808", "\"\"", "true", "-1", "0.5", "\"\u202e\"",
        "\"\\udc00\"", "\"pkg:\"", "\"CVE-\"", "1" + new string('0', 600), "[" + new string('[', 80), "\"" + new string('x', 5000) + "\"", "/**/", "NaN", "'", ",", ":", "{", "}", "]", "\"", "\\", "\0", "<!DOCTYPE a>", "&a;", "</a>", "]]>",
    ];

    [Fact]
    public void Malformed_variants_are_answered_with_problems()
    {
        var count = Number("GOVERNANCE_MALFORMED_EVIDENCE", Variants);
        var seed = Number("GOVERNANCE_MALFORMED_SEED", Seed);
        var names = OwnSamples.Names();
        var samples = names.Select(n => OwnSamples.Read(n).ToArray()).ToArray();
        for (var i = 0; i < count; i++)
        {
            var random = new Random(seed + i);
            var which = i % samples.Length;
            var variant = Mutate(samples[which], samples[random.Next(samples.Length)], random);
            Check(variant, $"variant {i} of {names[which]}, seed {seed}");
        }
    }

    [Theory]
    [InlineData("[", 100_000)]
    [InlineData("{\"\":", 50_000)]
    [InlineData("[{\"a\":", 50_000)]
    [InlineData("<testsuite>", 100_000)]
    [InlineData("{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":[{\"components\":[", 20_000)]
    [InlineData("\"", 1_000_000)]
    [InlineData("1", 1_000_000)]
    [InlineData("{\"a\":1}", 100_000)]
    [InlineData("\\ud800", 100_000)]
    [InlineData("\n", 1_000_000)]
    [InlineData("{\"a\":1}\n", 100_000)]
    public void Repetition_without_end_is_answered_with_problems(string part, int times)
    {
        var text = Encoding.UTF8.GetBytes(new StringBuilder(part.Length * times).Insert(0, part, times).ToString());

        Check(text, $"{times} times {part}");
    }

    // Each variant is read by five readers and three times inside a document.
    private static void Check(byte[] bytes, string what)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        Read(bytes, what);
        var elapsed = clock.Elapsed;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        if (elapsed > Longest)
        {
            // A busy machine may hold anybody up once.
            clock.Restart();
            Read(bytes, what);
            elapsed = clock.Elapsed;
        }

        Assert.True(elapsed <= Longest, $"{what} took {elapsed}");
        Assert.True(allocated <= (32L << 20) + (60L * bytes.Length), $"{what} of {bytes.Length} bytes allocated {allocated} bytes");
    }

    /// <summary>Hands the bytes to every reader, as a file of its own and inside a document.</summary>
    private static void Read(byte[] bytes, string what)
    {
        var sequence = new ReadOnlySequence<byte>(bytes);
        try
        {
            var detected = EvidenceFormats.Detect(sequence);
            Answered(what, log => SbomReader.Read(sequence, detected, "$", log, CancellationToken.None) is not null);
            Answered(what, log => ScanReader.Read(sequence, detected, "$", log, CancellationToken.None).Count > 0);
            Answered(what, log => TestReader.Read(sequence, detected, "$", log, CancellationToken.None) is not null);
            Answered(what, log =>
            {
                var attestations = AttestationReader.Read(sequence, "$", log, CancellationToken.None);
                return attestations.Count > 0 && Provenance.Of(attestations, log, CancellationToken.None).Count >= 0;
            });
            Answered(what, log => VexReader.Read(sequence, detected, "$", log, CancellationToken.None).Count > 0);
            foreach (var part in (ReadOnlySpan<string>)["sbom", "scan_results", "tests"])
            {
                byte[] document = [.. Encoding.UTF8.GetBytes($"{{\"{part}\":"), .. bytes, (byte)'}'];
                var parsed = EvidenceDocument.Parse(new(document));
                Assert.Equal(parsed.Document is null, parsed.Problems.ErrorCount > 0);
                if (parsed.Document is { Files.IsEmpty: true } read)
                {
                    Assert.NotNull(new EvidenceAssembly(read).Complete(Reading.Pack, new() { VexAuthors = [EvidenceTrust.Anyone] }).Facts);
                }
            }
        }
        catch (Exception e) when (e is not Xunit.Sdk.XunitException)
        {
            Assert.Fail($"{what}: {e}");
        }
    }

    private static void Answered(string what, Func<ProblemLog, bool> read)
    {
        var problems = new ProblemLog();
        var something = read(problems);
        Assert.True(something || problems.ErrorCount + problems.ToProblems().WarningCount > 0, $"{what} gave neither a result nor a problem");
        Assert.All(problems.ToProblems().Errors, e => Assert.True(e.Message.Length < 600 && e.Path.Length < 6000, $"{what}: {e}"));
    }

    private static byte[] Mutate(byte[] sample, byte[] other, Random random)
    {
        var bytes = new List<byte>(sample);
        for (var steps = random.Next(1, 5); steps > 0 && bytes.Count > 0; steps--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(bytes.Count - at, random.Next(1, 40));
            switch (random.Next(9))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, length);
                    break;
                case 3:
                    bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length));
                    break;
                case 4:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 5:
                    bytes.InsertRange(at, other.AsSpan(random.Next(other.Length)).ToArray().Take(200));
                    break;
                case 6:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Oddities[random.Next(Oddities.Length)]));
                    break;
                default:
                    ReplaceValue(bytes, at, random);
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Puts something odd in the place of a value: after a colon up to the next comma or bracket.</summary>
    private static void ReplaceValue(List<byte> bytes, int from, Random random)
    {
        var colon = bytes.IndexOf((byte)':', from);
        if (colon < 0)
        {
            return;
        }

        var end = colon + 1;
        while (end < bytes.Count && bytes[end] is not ((byte)',' or (byte)'}' or (byte)']'))
        {
            end++;
        }

        bytes.RemoveRange(colon + 1, end - colon - 1);
        bytes.InsertRange(colon + 1, Encoding.UTF8.GetBytes(Oddities[random.Next(Oddities.Length)]));
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
