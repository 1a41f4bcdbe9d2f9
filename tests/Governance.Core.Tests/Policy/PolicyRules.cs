using Governance.Core.Evidence;
using Governance.Core.Policy;
using static Governance.Core.Policy.RuleOutcome;

namespace Governance.Core.Tests.Policy;

public sealed class PolicyRules
{
    [Theory]
    [InlineData("critical", 1, 0, Pass, "1 critical findings, at most 1 allowed")]
    [InlineData("critical", 2, 0, Fail, "2 critical findings, at most 1 allowed")]
    [InlineData("critical", 0, 9, Pass, "0 critical findings, at most 1 allowed")]
    [InlineData("high", 1, 0, Pass, "1 findings of severity high or worse, at most 1 allowed")]
    [InlineData("high", 1, 1, Fail, "2 findings of severity high or worse, at most 1 allowed")]
    public void Findings_are_counted_from_their_severity_up(string severity, int critical, int high, RuleOutcome result, string reason) => Assert.Equal(
        (result, reason),
        Sets.With("max_findings", $$"""{ "severity": "{{severity}}", "count": 1 }""").Say(Pack.Request(Pack.Harmless with { Scan = Pack.Scan(new(critical, high, 0, 0)) })));

    [Theory]
    [InlineData("medium", 3)]
    [InlineData("low", 4)]
    [InlineData("high", 1)]
    public void Findings_of_unknown_severity_count_as_medium(string severity, int counted) => Assert.Equal(
        (Fail, $"{counted} findings of severity {severity} or worse, at most 0 allowed"),
        Sets.With("max_findings", $$"""{ "severity": "{{severity}}", "count": 0 }""").Say(Pack.Request(Pack.Harmless with { Scan = Pack.Scan(new(0, 1, 1, 1, 1, 1)) })));

    [Fact]
    public void An_approved_exception_lifts_the_findings_it_names_by_id_or_alias_in_any_case()
    {
        var facts = Pack.Harmless with
        {
            Scan = Pack.ScanOf(
                Pack.Finding("CVE-2026-1", Severity.Critical, "GHSA-aaaa-bbbb-cccc"),
                Pack.Finding("CVE-2026-2", Severity.Critical),
                Pack.Finding("CVE-2026-3", Severity.High)),
        };
        var set = Sets.With("max_findings", """{ "severity": "critical", "count": 0 }""");

        var lifted = set.Ask(Pack.Request(facts) with
        {
            Exceptions = [Pack.Except(Pack.Exception2, "cve-2026-2"), Pack.Except(Pack.Exception1, "GHSA-AAAA-BBBB-CCCC", "CVE-2026-3")],
        });

        Assert.Equal((Pass, "0 critical findings, 2 more under an approved exception, at most 0 allowed"), (lifted.Result, lifted.Reason));
        Assert.Equal([Pack.Exception1, Pack.Exception2], lifted.ExceptionIds);
    }

    [Fact]
    public void A_result_names_only_the_exceptions_that_it_rests_on()
    {
        var facts = Pack.Harmless with { Scan = Pack.ScanOf(Pack.Finding("CVE-2026-3", Severity.High)) };

        var result = Sets.With("max_findings", """{ "severity": "critical", "count": 0 }""")
            .Ask(Pack.Request(facts) with { Exceptions = [Pack.Except(Pack.Exception1, "CVE-2026-3")] });

        Assert.Empty(result.ExceptionIds);
    }

    [Theory]
    [InlineData(-1, Fail)]
    [InlineData(0, Fail)]
    [InlineData(1, Pass)]
    public void An_exception_holds_until_the_instant_at_which_it_ends(int ticks, RuleOutcome result)
    {
        var facts = Pack.Harmless with { Scan = Pack.ScanOf(Pack.Finding("CVE-2026-1", Severity.Critical)) };
        var exception = Pack.Except(Pack.Exception1, "CVE-2026-1") with { ExpiresAt = Pack.Noon.AddTicks(ticks) };

        Assert.Equal(result, Sets.With("max_findings", """{ "severity": "critical", "count": 0 }""").Ask(Pack.Request(facts) with { Exceptions = [exception] }).Result);
    }

    [Fact]
    public void An_exception_for_a_rule_lifts_its_failure_and_is_named()
    {
        var request = Pack.Request(Pack.Harmless with { Sbom = null }) with { Exceptions = [new(Pack.Exception1, [], "r", Pack.Noon.AddDays(1))] };

        Assert.Equal(
            new RuleResult("r", "The rule", "require_sbom", RuleEffect.Block, Pass, "lifted by an approved exception: no SBOM is stored", "$.sbom", [Pack.Exception1]),
            Sets.With("require_sbom", "{}").Ask(request));
    }

    [Fact]
    public void An_exception_for_a_rule_that_holds_is_not_rested_on() => Assert.Equal(
        new RuleResult("r", "The rule", "require_sbom", RuleEffect.Block, Pass, "an SBOM with 1 components is stored", "$.sbom", []),
        Sets.With("require_sbom", "{}").Ask(Pack.Request(Pack.Harmless) with { Exceptions = [new(Pack.Exception1, [], "r", Pack.Noon.AddDays(1))] }));

    [Theory]
    [InlineData(Ring.Lab, NotApplicable)]
    [InlineData(Ring.Canary, NotApplicable)]
    [InlineData(Ring.Pilot, Fail)]
    [InlineData(Ring.Department, Fail)]
    [InlineData(Ring.Global, Fail)]
    public void A_rule_holds_from_its_ring_on(Ring ring, RuleOutcome result) =>
        Assert.Equal(result, Sets.With("require_sbom", "{}", fromRing: "PILOT").Ask(Pack.Request(null, ring)).Result);

    [Theory]
    [InlineData(-1, Pass)]
    [InlineData(0, Pass)]
    [InlineData(1, Fail)]
    public void A_scan_is_fresh_up_to_its_last_instant(int ticks, RuleOutcome result)
    {
        var scanned = Pack.Noon.AddDays(-30).AddTicks(-ticks);

        var facts = Pack.Harmless with { Scan = Pack.Scan(new(0, 0, 0, 0), scanned), StoredAt = Pack.Noon.AddDays(-1) };

        Assert.Equal(result, Sets.With("require_scan", """{ "max_age_days": 30 }""").Ask(Pack.Request(facts)).Result);
    }

    [Fact]
    public void A_scan_without_a_date_counts_from_when_the_pack_was_stored()
    {
        var facts = Pack.Harmless with { Scan = Pack.Scan(new(0, 0, 0, 0)) with { ScannedAt = null }, StoredAt = Pack.Noon.AddDays(-31) };

        Assert.Equal(
            (Fail, "stored without a scan date 2026-01-31, 31 days ago, at most 30 allowed"),
            Sets.With("require_scan", """{ "max_age_days": 30 }""").Say(Pack.Request(facts)));
    }

    [Fact]
    public void A_scan_from_the_future_counts_from_when_the_pack_was_stored()
    {
        var facts = Pack.Harmless with { Scan = Pack.Scan(new(0, 0, 0, 0), Pack.Noon.AddYears(50)), StoredAt = Pack.Noon.AddDays(-31) };

        Assert.Equal((Fail, "scanned 2026-01-31, 31 days ago, at most 30 allowed"), Sets.With("require_scan", """{ "max_age_days": 30 }""").Say(Pack.Request(facts)));
    }

    [Theory]
    [InlineData(true, Pass, "a scan is stored")]
    [InlineData(false, Fail, "no scan is stored")]
    public void Without_an_age_a_scan_only_has_to_be_there(bool there, RuleOutcome result, string reason) => Assert.Equal(
        (result, reason),
        Sets.With("require_scan", "{}").Say(Pack.Request(Pack.Harmless with { Scan = there ? Pack.Scan(new(0, 0, 0, 0), Pack.Noon.AddYears(-9)) : null })));

    [Theory]
    [InlineData(SignatureStatus.Valid, false, Pass, "the pipeline states a valid signature")]
    [InlineData(SignatureStatus.SelfSigned, true, Pass, "the pipeline states a self-signed signature")]
    [InlineData(SignatureStatus.SelfSigned, false, Fail, "the pipeline states a self-signed signature")]
    [InlineData(SignatureStatus.None, true, Fail, "the artifact is not signed")]
    [InlineData(null, true, Fail, "no signature is stated")]
    public void A_signature_is_required(SignatureStatus? status, bool allowSelfSigned, RuleOutcome result, string reason) => Assert.Equal(
        (result, reason),
        Sets.With("require_signature", $$"""{ "allow_self_signed": {{(allowSelfSigned ? "true" : "false")}} }""").Say(Pack.Request(Pack.Harmless with { Signature = Pack.Signed with { Status = status } })));

    [Theory]
    [InlineData(ProvenanceVerdict.Verified, "https://ci.example/a", Pass, "built by https://ci.example/a")]
    [InlineData(ProvenanceVerdict.Verified, "https://ci.example/b", Fail, "built by https://ci.example/b, which is no allowed builder")]
    [InlineData(ProvenanceVerdict.Verified, "https://other.example/x/y", Pass, "built by https://other.example/x/y")]
    [InlineData(ProvenanceVerdict.Verified, null, Fail, "the provenance names no builder")]
    [InlineData(ProvenanceVerdict.Unverified, "https://ci.example/a", Fail, "no configured key signed the provenance")]
    [InlineData(ProvenanceVerdict.SubjectMismatch, "https://ci.example/a", Fail, "the provenance is of another file")]
    [InlineData(ProvenanceVerdict.BadSignature, "https://ci.example/a", Fail, "the provenance's signature is wrong")]
    [InlineData(null, null, Fail, "no provenance is stored")]
    public void Provenance_must_verify_and_name_an_allowed_builder(ProvenanceVerdict? verdict, string? builder, RuleOutcome result, string reason) => Assert.Equal(
        (result, reason),
        Sets.With("require_provenance", """{ "builders": ["https://ci.example/a", "https://other.example/*"] }""")
            .Say(Pack.Request(Pack.Harmless with { Provenance = verdict is { } v ? Pack.Proven with { Verdict = v, BuilderId = builder } : null })));

    [Theory]
    [InlineData("passed", Pass, "the rollback plan was tried with success")]
    [InlineData("failed", Fail, "the rollback plan was not tried with success")]
    [InlineData(null, Fail, "no rollback plan is stored")]
    public void A_rollback_plan_must_be_validated(string? tried, RuleOutcome result, string reason) => Assert.Equal(
        (result, reason),
        Sets.With("require_rollback_plan", "{}").Say(Pack.Request(Pack.Harmless with { RollbackPlan = tried is null ? null : new("1.0", Pack.Noon, "Bob", tried) })));

    [Theory]
    [InlineData(5, 0, Pass, "5 tests passed, 0 failed, at most 1 may fail")]
    [InlineData(5, 1, Pass, "5 tests passed, 1 failed, at most 1 may fail")]
    [InlineData(5, 2, Fail, "5 tests passed, 2 failed, at most 1 may fail")]
    [InlineData(0, 0, Fail, "no test was run")]
    [InlineData(-1, 0, Fail, "no test results are stored")]
    public void Tests_must_have_run(int passed, int failed, RuleOutcome result, string reason) => Assert.Equal(
        (result, reason),
        Sets.With("require_test_evidence", """{ "max_failed": 1 }""").Say(Pack.Request(Pack.Harmless with { Tests = passed < 0 ? null : new(passed + failed + 3, passed, failed, 3) })));

    [Theory]
    [InlineData(49L, Pass, "49 devices in LAB, at most 50 allowed")]
    [InlineData(50L, Pass, "50 devices in LAB, at most 50 allowed")]
    [InlineData(51L, Fail, "51 devices in LAB, at most 50 allowed")]
    [InlineData(null, Fail, "no device count is stated for LAB, at most 50 devices allowed")]
    public void A_ring_takes_so_many_devices(long? devices, RuleOutcome result, string reason) =>
        Assert.Equal((result, reason), Sets.With("max_scope", """{ "devices": { "LAB": 50 } }""").Say(Pack.Request(Pack.Harmless) with { DeviceCount = devices }));

    [Fact]
    public void A_ring_without_a_limit_is_not_concerned() => Assert.Equal(
        (NotApplicable, "CANARY has no limit"),
        Sets.With("max_scope", """{ "devices": { "LAB": 50 } }""").Say(Pack.Request(Pack.Harmless, Ring.Canary) with { DeviceCount = 9999 }));

    [Theory]
    [InlineData(ToolCategory.Standard, true, Pass, "the tool's category is standard")]
    [InlineData(ToolCategory.Security, true, Fail, "the tool's category is security")]
    [InlineData(ToolCategory.Administration, true, Fail, "the tool's category is administration")]
    [InlineData(null, true, Fail, "the tool's category is not stated")]
    [InlineData(null, false, Pass, "the tool's category is not stated")]
    public void Tools_of_some_categories_always_go_to_the_CAB(ToolCategory? category, bool unstated, RuleOutcome result, string reason) => Assert.Equal(
        (result, reason),
        Sets.With("always_cab", $$"""{ "tool_categories": ["security", "administration"], "include_unstated": {{(unstated ? "true" : "false")}} }""", "REQUIRE_CAB")
            .Say(Pack.Request(Pack.Harmless with { Behaviour = Pack.Quiet with { ToolCategory = category } })));

    [Theory]
    [InlineData("max_findings", """{ "severity": "critical", "count": 0 }""", NotApplicable, "no scan is stored to look at")]
    [InlineData("require_sbom", "{}", Fail, "no SBOM is stored")]
    [InlineData("require_scan", """{ "max_age_days": 30 }""", Fail, "no scan is stored")]
    [InlineData("require_signature", "{}", Fail, "no signature is stated")]
    [InlineData("require_provenance", """{ "builders": [] }""", Fail, "no provenance is stored")]
    [InlineData("denied_licenses", """{ "licenses": ["GPL-3.0-only"] }""", NotApplicable, "no SBOM is stored to look at")]
    [InlineData("denied_components", """{ "components": [{ "purl": "pkg:npm/x" }] }""", NotApplicable, "no SBOM is stored to look at")]
    [InlineData("require_rollback_plan", "{}", Fail, "no rollback plan is stored")]
    [InlineData("require_test_evidence", "{}", Fail, "no test results are stored")]
    [InlineData("max_scope", """{ "devices": { "LAB": 1 } }""", Fail, "no device count is stated for LAB, at most 1 devices allowed")]
    [InlineData("always_cab", """{ "tool_categories": [] }""", Fail, "the tool's category is not stated")]
    public void Without_any_evidence_no_rule_passes(string kind, string parameters, RuleOutcome result, string reason)
    {
        Assert.Equal((result, reason), Sets.With(kind, parameters).Say(Pack.Request(null)));
        Assert.Equal((result, reason), Sets.With(kind, parameters).Say(Pack.Request(Pack.Empty)));
    }
}
