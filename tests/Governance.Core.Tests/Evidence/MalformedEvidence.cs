using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Governance.Core.Evidence;
using Governance.Core.Evidence.Attestations;
using Governance.Core.Evidence.Sboms;
using Governance.Core.Evidence.Scans;
using Governance.Core.Evidence.TestReports;
using Governance.Testing.Damage;

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
            var variant = ByteDamage.Of(samples[which], samples[random.Next(samples.Length)], random);
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

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
