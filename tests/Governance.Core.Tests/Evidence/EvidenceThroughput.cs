using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Governance.Core.Tests.Evidence;

/// <summary>
/// Speed and memory of reading large files. The measurements run when GOVERNANCE_MEASURE is set, as they mean something only in a release build
/// on a quiet machine; the bounds on memory are always held.
/// </summary>
public sealed class EvidenceThroughput(ITestOutputHelper output)
{
    private const int MiB = 1 << 20;

    [Fact]
    public void Memory_stays_in_proportion_to_the_file()
    {
        var file = CycloneDx(8 * MiB);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var allocated = GC.GetAllocatedBytesForCurrentThread();

        var (sbom, problems) = Reading.Sbom(file);

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        var kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.Empty(problems.Errors);
        output.WriteLine($"{sbom!.Facts.Components.Length} components, allocated {allocated / (double)file.Length:F2} times the file, kept {kept / (double)file.Length:F2} times");
        Assert.True(allocated <= 2 * file.Length, $"{allocated} bytes were allocated for {file.Length}");
        GC.KeepAlive(sbom);
    }

    [Theory]
    [InlineData("cyclonedx", 50)]
    [InlineData("cyclonedx", 64)]
    [InlineData("cyclonedx in segments of 64 KiB", 50)]
    [InlineData("spdx 2.3", 50)]
    [InlineData("trivy", 50)]
    public void Large_files_are_read_fast(string kind, int size)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("GOVERNANCE_MEASURE") is not null, "Set GOVERNANCE_MEASURE to measure.");
        var file = kind switch
        {
            "spdx 2.3" => Spdx(size * MiB),
            "trivy" => Trivy(size * MiB),
            "cyclonedx" => CycloneDx(size * MiB),
            _ => Reading.InSegments(CycloneDx(size * MiB), 64 << 10),
        };
        var (best, leastProcessor) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        long allocated = 0;
        for (var run = 0; run < 5; run++)
        {
            var bytes = GC.GetAllocatedBytesForCurrentThread();
            var processor = Process.GetCurrentProcess().TotalProcessorTime;
            var clock = Stopwatch.StartNew();
            var problems = kind == "trivy" ? Reading.Scan(file).Problems : Reading.Sbom(file).Problems;
            best = TimeSpan.FromTicks(Math.Min(clock.Elapsed.Ticks, best.Ticks));
            leastProcessor = TimeSpan.FromTicks(Math.Min((Process.GetCurrentProcess().TotalProcessorTime - processor).Ticks, leastProcessor.Ticks));
            allocated = GC.GetAllocatedBytesForCurrentThread() - bytes;
            Assert.Equal(0, problems.ErrorCount);
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{kind}, {file.Length / (double)MiB:F0} MiB: {file.Length / 1e6 / best.TotalSeconds:F0} MB/s, {best.TotalMilliseconds:F0} ms ({leastProcessor.TotalMilliseconds:F0} ms of processor time in all threads), allocated {allocated / (double)file.Length:F2} times the file"));
    }

    /// <summary>Components as real tools write them, about 1.4 KB each, with dependencies.</summary>
    private static ReadOnlySequence<byte> CycloneDx(int size)
    {
        var text = new StringBuilder(size);
        text.Append("""{"$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json", "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "metadata": {"timestamp": "2025-01-01T00:00:00Z", "component": {"bom-ref": "root", "type": "application", "name": "app", "version": "1"}}, "components": [""");
        var count = 0;
        while (text.Length < size * 0.87)
        {
            text.Append(count == 0 ? "\n" : ",\n").Append(CultureInfo.InvariantCulture, $$"""
                {
                  "bom-ref": "pkg:npm/%40scope/package-number-{{count}}@1.{{count % 97}}.{{count % 13}}",
                  "type": "library",
                  "group": "@scope",
                  "name": "package-number-{{count}}",
                  "version": "1.{{count % 97}}.{{count % 13}}",
                  "description": "The package of number {{count}}, which does what packages do, and does it well: é, ü and others are welcome.",
                  "scope": "required",
                  "purl": "pkg:npm/%40scope/package-number-{{count}}@1.{{count % 97}}.{{count % 13}}",
                  "properties": [{"name": "cdx:npm:package:path", "value": "node_modules/@scope/package-number-{{count}}"}, {"name": "cdx:npm:package:development", "value": "false"}],
                  "externalReferences": [
                    {"type": "distribution", "url": "https://packages.example/@scope/package-number-{{count}}/-/package-number-{{count}}-1.{{count % 97}}.{{count % 13}}.tgz"},
                    {"type": "vcs", "url": "git+https://code.example/scope/package-number-{{count}}.git"},
                    {"type": "website", "url": "https://code.example/scope/package-number-{{count}}#readme"}],
                  "hashes": [{"alg": "SHA-512", "content": "{{count:x8}}2526a87513c1cb5cd823230f1c47218057fbfe9baa75c51bbff0e86c9e637c5c7870932609900a0633eceb7b0f7abfb8d960f9957f2ee9bfbbf821c7"},
                             {"alg": "SHA-256", "content": "{{count:x8}}2526a87513c1cb5cd823230f1c47218057fbfe9baa75c51bbff0e86c"}],
                  "licenses": [{"license": {"id": "{{(count % 3 == 0 ? "MIT" : "Apache-2.0")}}" } }]
                }
                """);
            count++;
        }

        text.Append("], \"dependencies\": [");
        for (var i = 0; i < count; i++)
        {
            text.Append(i == 0 ? "\n" : ",\n").Append(CultureInfo.InvariantCulture, $$"""{"ref": "pkg:npm/%40scope/package-number-{{i}}@1.{{i % 97}}.{{i % 13}}", "dependsOn": ["pkg:npm/%40scope/package-number-{{i / 2}}@1.{{i / 2 % 97}}.{{i / 2 % 13}}"]}""");
        }

        return new(Encoding.UTF8.GetBytes(text.Append("]}").ToString()));
    }

    private static ReadOnlySequence<byte> Spdx(int size)
    {
        var text = new StringBuilder(size);
        text.Append("""{"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "x", "dataLicense": "CC0-1.0", "documentNamespace": "https://example.org/x", "creationInfo": {"created": "2025-01-01T00:00:00Z", "creators": ["Tool: x"]}, "documentDescribes": ["SPDXRef-0"], "packages": [""");
        var count = 0;
        while (text.Length < size * 0.8)
        {
            text.Append(count == 0 ? "\n" : ",\n").Append(CultureInfo.InvariantCulture, $$"""
                {"SPDXID": "SPDXRef-{{count}}", "name": "package-{{count}}", "versionInfo": "1.{{count % 97}}", "downloadLocation": "NOASSERTION", "filesAnalyzed": false, "licenseConcluded": "NOASSERTION", "licenseDeclared": "MIT", "copyrightText": "NOASSERTION",
                 "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:npm/package-{{count}}@1.{{count % 97}}"}],
                 "checksums": [{"algorithm": "SHA256", "checksumValue": "{{count:x8}}2526a87513c1cb5cd823230f1c47218057fbfe9baa75c51bbff0e86c"}] }
                """);
            count++;
        }

        text.Append("], \"relationships\": [");
        for (var i = 0; i < count; i++)
        {
            text.Append(i == 0 ? "\n" : ",\n").Append(CultureInfo.InvariantCulture, $$"""{"spdxElementId": "SPDXRef-{{i / 2}}", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "SPDXRef-{{i}}"}""");
        }

        return new(Encoding.UTF8.GetBytes(text.Append("]}").ToString()));
    }

    private static ReadOnlySequence<byte> Trivy(int size)
    {
        var text = new StringBuilder(size);
        text.Append("""{"SchemaVersion": 2, "CreatedAt": "2025-01-01T00:00:00Z", "ArtifactName": "x", "Results": [{"Target": "x", "Class": "lang-pkgs", "Type": "npm", "Vulnerabilities": [""");
        for (var count = 0; text.Length < size; count++)
        {
            text.Append(count == 0 ? "\n" : ",\n").Append(CultureInfo.InvariantCulture, $$"""
                {"VulnerabilityID": "CVE-2024-{{count % 9000 + 1000}}", "PkgName": "package-{{count % 500}}", "PkgIdentifier": {"PURL": "pkg:npm/package-{{count % 500}}@1.0.0"}, "InstalledVersion": "1.0.0", "FixedVersion": "1.0.1", "Status": "fixed", "SeveritySource": "ghsa", "Severity": "HIGH",
                 "Title": "A title", "Description": "{{new string('d', 1200)}}", "CVSS": {"nvd": {"V3Vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "V3Score": 9.8} }, "References": ["{{new string('r', 1500)}}"]}
                """);
        }

        return new(Encoding.UTF8.GetBytes(text.Append("]}]}").ToString()));
    }
}
