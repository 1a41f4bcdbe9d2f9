using Governance.Core.Evidence;

namespace Governance.Core.Tests.Evidence;

public sealed class EvidenceDocuments
{
    private const string Sha = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    [Fact]
    public void An_empty_object_is_evidence_with_nothing_in_it()
    {
        var facts = Reading.Facts("{}").Facts!;

        Assert.Null(facts.Artifact);
        Assert.Null(facts.Install);
        Assert.Null(facts.Sbom);
        Assert.Null(facts.Scan);
        Assert.Null(facts.Tests);
        Assert.False(facts.HasRolloutPlan);
        Assert.Equal(Reading.Pack.PackDigest, facts.PackDigest);
    }

    [Fact]
    public void Every_part_is_read_into_its_facts()
    {
        var facts = Reading.Facts($$"""
            {
              "artifact": {"sha256": "{{Sha.ToUpperInvariant()}}", "size_bytes": 1048576, "file_name": "notepad.intunewin", "kind": "intunewin"},
              "install": {"command": "setup.exe /S", "uninstall_command": "setup.exe /U", "context": "system", "elevation": "required", "service": true,
                "kernel_driver": false, "reboot": "user", "minutes": 10, "offline_import": false, "sequenced": true,
                "detection": [{"type": "file", "path": "C:\\Program Files\\Notepad", "name": "notepad.exe"},
                              {"type": "registry", "path": "HKEY_LOCAL_MACHINE\\Software\\Notepad", "name": "Version", "operator": "greaterThanOrEqual", "value": "1.2.3"}]},
              "signature": {"status": "valid", "publisher": "CN=Notepad", "known_vendor": true, "timestamped": true},
              "behaviour": {"listener": "none", "scripting": true, "data_access": "documents", "tool_category": "standard"},
              "lab_results": {"targeted": 10, "succeeded": 8, "failed": 1, "pending": 1, "observed_hours": 48},
              "rollout_plan": "Ring by ring.",
              "rollback_plan": {"target_version": "1.2.2", "validated_at": "2025-05-30T08:00:00+02:00", "validated_by": "Kim", "result": "passed"},
              "build_info": {"builder": "pipeline", "commit": "abc", "run_url": "https://ci.example/1", "timestamp": "2025-05-30T08:00:00Z",
                "requested_by_oid": "33333333-3333-4333-8333-333333333333"},
              "tests": {"passed": 40, "failed": 1, "skipped": 2}
            }
            """).Facts!;

        Assert.Equal(new ArtifactFacts(Digest.Parse(Sha), 1_048_576, "notepad.intunewin"), facts.Artifact);
        Assert.Equal(InstallContext.System, facts.Install!.Context);
        Assert.Equal(Elevation.Required, facts.Install.Elevation);
        Assert.Equal(RebootKind.User, facts.Install.Reboot);
        Assert.Equal((true, false, 10, false, true), (facts.Install.Service, facts.Install.KernelDriver, facts.Install.Minutes, facts.Install.OfflineImport, facts.Install.Sequenced));
        Assert.Equal(
            [
                new DetectionRule(DetectionType.File, "C:\\Program Files\\Notepad", "notepad.exe", null, null),
                new DetectionRule(DetectionType.Registry, "HKEY_LOCAL_MACHINE\\Software\\Notepad", "Version", "greaterThanOrEqual", "1.2.3"),
            ],
            facts.Install.Detection);
        Assert.Equal(new SignatureFacts(SignatureStatus.Valid, "CN=Notepad", true, true), facts.Signature);
        Assert.Equal(new BehaviourFacts(ListenerKind.None, true, DataAccess.Documents, ToolCategory.Standard), facts.Behaviour);
        Assert.Equal(new LabResults(10, 8, 1, 1, 0, 48), facts.LabResults);
        Assert.True(facts.HasRolloutPlan);
        Assert.Equal(new RollbackPlanFacts("1.2.2", new DateTimeOffset(2025, 5, 30, 6, 0, 0, TimeSpan.Zero), "Kim", "passed"), facts.RollbackPlan);
        Assert.True(facts.RollbackPlan!.IsValidated);
        Assert.Equal(PersonId.Parse("33333333-3333-4333-8333-333333333333"), facts.BuildInfo!.RequestedBy);
        Assert.Equal(new TestFacts(43, 40, 1, 2), facts.Tests);
    }

    [Fact]
    public void All_problems_are_reported_together_each_with_its_path()
    {
        var problems = Reading.Document("""
            {"artifact": {"sha256": "abc", "size_bytes": 0, "file_name": "a/b.intunewin", "kind": "msi"},
             "install": {"context": "root", "service": "yes", "minutes": 1.5, "detection": [{"type": "file"}, 3]},
             "behaviour": [], "rollback_plan": {"validated_at": "2025-05-30"}, "scan_results": {"critical": -1, "high": 0, "medium": 0, "low": 0}}
            """).Problems;

        Assert.Equal(
            [
                "$.artifact.sha256", "$.artifact.size_bytes", "$.artifact.file_name", "$.artifact.kind",
                "$.install.context", "$.install.service", "$.install.minutes", "$.install.detection[0]", "$.install.detection[1]",
                "$.behaviour", "$.rollback_plan.validated_at", "$.scan_results.critical", "$.scan_results",
            ],
            problems.Errors.Select(e => e.Path));
        Assert.Equal(13, problems.ErrorCount);
        Assert.Equal("must be one of user, system", problems.Errors[4].Message);
    }

    [Fact]
    public void Unknown_properties_are_ignored_and_null_means_not_stated()
    {
        var facts = Reading.Facts("""{"sbom": null, "install": {"command": null, "colour": "blue"}, "notes": {"a": [1, 2]}, "tests": null, "rollout_plan": null}""").Facts!;

        Assert.Equal(new InstallFacts().Command, facts.Install!.Command);
        Assert.Null(facts.Sbom);
        Assert.Null(facts.Tests);
        Assert.False(facts.HasRolloutPlan);
    }

    [Theory]
    [InlineData("""{"a": 1, "a": 2}""", "$.a", "stands twice")]
    [InlineData("""{"notes": [{"x": 1, "y": 2, "\u0078": 3}]}""", "$.notes[0].x", "stands twice")]
    [InlineData("""{"a": "\ud800"}""", "$.a", "surrogate")]
    [InlineData("""{"a": "\udc00\ud800"}""", "$.a", "surrogate")]
    [InlineData("""{"a": 1,}""", "$.a", "is not JSON")]
    [InlineData("""{"a": 1} {"b": 2}""", "$", "is not JSON")]
    [InlineData("", "$", "is empty")]
    [InlineData("[]", "$", "must be an object")]
    [InlineData("""{"a": "x""", "$.a", "is not JSON")]
    public void Text_that_two_parsers_could_read_differently_is_refused(string json, string path, string message)
    {
        var parsed = Reading.Document(json);

        var error = Assert.Single(parsed.Problems.Errors);
        Assert.Equal(path, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Null(parsed.Document);
    }

    [Fact]
    public void A_pair_of_surrogate_escapes_is_one_character() =>
        Assert.Equal("😂 é", Reading.Document("""{"install": {"command": "\ud83d\ude02 \u00e9"}}""").Document!.Install!.Command);

    [Fact]
    public void Bytes_that_are_no_utf8_are_an_error()
    {
        byte[] latin = [.. "{\"a\": \""u8, 0xE9, .. "\"}"u8];

        Assert.Equal(new EvidenceProblem("$", "is not UTF-8"), Assert.Single(EvidenceDocument.Parse(new(latin)).Problems.Errors));
        Assert.False(EvidenceDocument.Parse(new(System.Text.Encoding.Unicode.GetBytes("{}"))).Problems.Accepted);
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over()
    {
        byte[] marked = [0xEF, 0xBB, 0xBF, .. "{\"rollout_plan\": {\"a\": 1}}"u8];

        Assert.True(EvidenceDocument.Parse(new(marked)).Document!.HasRolloutPlan);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(63, true)]
    [InlineData(64, false)]
    [InlineData(100_000, false)]
    public void Nesting_is_allowed_up_to_64_levels(int levels, bool accepted)
    {
        var json = $$"""{"x": {{new string('[', levels)}}{{new string(']', levels)}}}""";

        Assert.Equal(accepted, Reading.Document(json).Problems.Accepted);
    }

    [Theory]
    [InlineData(16 << 20, true)]
    [InlineData((16 << 20) + 1, false)]
    public void The_document_may_have_16_MiB(int bytes, bool accepted)
    {
        var json = "{}" + new string(' ', bytes - 2);

        var problems = Reading.Document(json).Problems;

        Assert.Equal(accepted, problems.Accepted);
        Assert.Equal(!accepted, problems.TooLarge);
    }

    [Fact]
    public void Only_a_hundred_problems_are_listed_and_all_are_counted()
    {
        var problems = Reading.Document($$"""{"install": {"detection": [{{string.Join(',', Enumerable.Repeat("1", 25))}}]}, "sbom": {"components": [{{string.Join(',', Enumerable.Repeat("1", 500))}}] } }""").Problems;

        Assert.Equal(525, problems.ErrorCount);
        Assert.Equal(100, problems.Errors.Length);
    }

    [Theory]
    [InlineData("1.0", 1)]
    [InlineData("1e1", 10)]
    [InlineData("1440", 1440)]
    [InlineData("1441", null)]
    [InlineData("-1", null)]
    [InlineData("1e400", null)]
    [InlineData("9223372036854775808", null)]
    [InlineData("0.5", null)]
    public void A_whole_number_may_be_written_in_any_way(string number, int? minutes)
    {
        var parsed = Reading.Document($$"""{"install": {"minutes": {{number}} } }""");

        Assert.Equal(minutes is not null, parsed.Problems.Accepted);
        Assert.Equal(minutes, parsed.Document?.Install!.Minutes);
    }

    [Fact]
    public void Files_are_named_by_digest_with_their_place_and_kind()
    {
        var document = Reading.Document($$"""
            {"sbom": {"sha256": "{{Sha}}"}, "scan_results": [{"sha256": "{{Sha}}", "scanned_at": "2025-05-01T00:00:00Z"}, {"critical": 0, "high": 1, "medium": 0, "low": 0}],
             "provenance": [{"sha256": "{{Sha}}"}], "vex": {"sha256": "{{Sha}}"}, "tests": [{"sha256": "{{Sha}}"}, {"passed": 1, "failed": 0}]}
            """).Document!;

        Assert.Equal(
            [
                new EvidenceFileReference(EvidenceFileKind.Sbom, Digest.Parse(Sha), "$.sbom"),
                new EvidenceFileReference(EvidenceFileKind.Scan, Digest.Parse(Sha), "$.scan_results[0]", new DateTimeOffset(2025, 5, 1, 0, 0, 0, TimeSpan.Zero)),
                new EvidenceFileReference(EvidenceFileKind.Provenance, Digest.Parse(Sha), "$.provenance[0]"),
                new EvidenceFileReference(EvidenceFileKind.Vex, Digest.Parse(Sha), "$.vex"),
                new EvidenceFileReference(EvidenceFileKind.Tests, Digest.Parse(Sha), "$.tests[0]"),
            ],
            document.Files);
    }

    [Fact]
    public void A_file_that_was_never_uploaded_is_a_problem_at_its_place()
    {
        var document = Reading.Document($$"""{"sbom": {"sha256": "{{Sha}}"} }""").Document!;

        var reading = new EvidenceAssembly(document).Complete(Reading.Pack, EvidenceTrust.Nobody);

        Assert.Null(reading.Facts);
        Assert.Equal(new EvidenceProblem("$.sbom", $"no verified upload has the digest {Sha}"), Assert.Single(reading.Problems.Errors));
    }

    [Fact]
    public void Plain_counts_stand_for_findings_that_nobody_listed()
    {
        var scan = Reading.Facts("""{"scan_results": {"critical": 1, "high": 2, "medium": 3, "low": 4, "scanned_at": "2025-05-01T00:00:00Z", "scanner": "house"}}""").Facts!.Scan!;

        Assert.Equal(new SeverityCounts(1, 2, 3, 4), scan.Counts);
        Assert.Empty(scan.Open);
        Assert.Equal(new DateTimeOffset(2025, 5, 1, 0, 0, 0, TimeSpan.Zero), scan.ScannedAt);
        Assert.Equal(["house"], scan.Scanners);
    }

    [Fact]
    public void A_scan_dated_in_the_future_is_taken_to_be_of_now() =>
        Assert.Equal(
            Reading.Noon,
            Reading.Facts("""{"scan_results": {"critical": 0, "high": 0, "medium": 0, "low": 0, "scanned_at": "2099-01-01T00:00:00Z"}}""").Facts!.Scan!.ScannedAt);

    [Fact]
    public void A_plain_sbom_lists_components_with_their_licences()
    {
        var reading = Reading.Facts("""
            {"sbom": {"format": "house", "components": [
              {"name": "zlib", "version": "1.3.1", "purl": "pkg:generic/zlib@1.3.1", "license": "Zlib"},
              {"name": "mystery", "license": "NOASSERTION"}]}}
            """);

        Assert.Equal(
            [new SbomComponent("zlib", "1.3.1", "pkg:generic/zlib@1.3.1", ["Zlib"]), new SbomComponent("mystery", null, null, [])],
            reading.Facts!.Sbom!.Components,
            (a, b) => a.Name == b.Name && a.Version == b.Version && a.Purl == b.Purl && a.Licenses.SequenceEqual(b.Licenses));
        Assert.Equal(["Zlib"], reading.Facts.Sbom.Licenses);
        Assert.Equal(("plain", 2, 1, 1, 1), (reading.Sbom!.Format, reading.Sbom.Components, reading.Sbom.WithoutVersion, reading.Sbom.WithoutPurl, reading.Sbom.WithoutLicense));
    }

    [Theory]
    [InlineData("""{"sbom": 3}""", "$.sbom")]
    [InlineData("""{"sbom": {}}""", "$.sbom")]
    [InlineData("""{"sbom": {"bomFormat": "CycloneDX", "specVersion": "1.3", "version": 1}}""", "$.sbom.specVersion")]
    [InlineData("""{"sbom": {"components": [{"version": "1"}]}}""", "$.sbom.components[0]")]
    [InlineData("""{"sbom": {"components": [{"name": "a\u0000b"}]}}""", "$.sbom.components[0].name")]
    [InlineData("""{"sbom": {"sha256": "zz"}}""", "$.sbom.sha256")]
    [InlineData("""{"scan_results": [{"critical": 1}]}""", "$.scan_results[0]")]
    [InlineData("""{"scan_results": "none"}""", "$.scan_results")]
    [InlineData("""{"tests": {"total": 3, "passed": 1, "failed": 1, "skipped": 0}}""", "$.tests")]
    [InlineData("""{"lab_results": {"targeted": 1, "succeeded": 1, "failed": 1, "observed_hours": 1}}""", "$.lab_results")]
    [InlineData("""{"build_info": {"requested_by_oid": "me"}}""", "$.build_info.requested_by_oid")]
    [InlineData("""{"rollback_plan": {"result": "fine"}}""", "$.rollback_plan.result")]
    [InlineData("""{"rollout_plan": 7}""", "$.rollout_plan")]
    public void A_part_that_does_not_fit_is_named_by_its_path(string json, string path) =>
        Assert.Equal(path, Reading.Document(json).Problems.Errors[0].Path);
}
