using Governance.Core.Evidence;

namespace Governance.Core.Policy.Rules;

/// <summary>An SBOM is stored.</summary>
internal sealed class RequireSbom : Condition
{
    /// <inheritdoc/>
    public override Answer Ask(PolicyInputs inputs, string ruleId) => inputs.Evidence?.Sbom is { } sbom
        ? Answer.Pass($"an SBOM with {sbom.Components} components is stored", Paths.Sbom)
        : Answer.Fail("no SBOM is stored", Paths.Sbom);
}

/// <summary>A scan is stored and, where an age is given, not older.</summary>
internal sealed class RequireScan(int? maxAgeDays) : Condition
{
    /// <summary>Reads the parameters.</summary>
    public static RequireScan Read(DataNode parameters)
    {
        parameters.Only("max_age_days");
        return new(parameters.Has("max_age_days") ? parameters.Integer("max_age_days", 1, 3650) : null);
    }

    /// <inheritdoc/>
    public override Answer Ask(PolicyInputs inputs, string ruleId) => inputs.Evidence?.Scan is { } scan
        ? maxAgeDays is { } days
            ? Answer.PassIf(ScanAge.IsFresh(scan, inputs.At, days), ScanAge.Describe(scan, inputs.At, days), Paths.ScannedAt)
            : Answer.Pass("a scan is stored", Paths.Scan)
        : Answer.Fail("no scan is stored", Paths.Scan);
}

/// <summary>The artifact is signed, as far as the pipeline says.</summary>
internal sealed class RequireSignature(bool allowSelfSigned) : Condition
{
    /// <summary>Reads the parameters.</summary>
    public static RequireSignature Read(DataNode parameters)
    {
        parameters.Only("allow_self_signed");
        return new(parameters.Flag("allow_self_signed", absent: false));
    }

    /// <inheritdoc/>
    public override Answer Ask(PolicyInputs inputs, string ruleId) => inputs.Evidence?.Signature?.Status switch
    {
        SignatureStatus.Valid => Answer.Pass("the pipeline states a valid signature", Paths.SignatureStatus),
        SignatureStatus.SelfSigned => Answer.PassIf(allowSelfSigned, "the pipeline states a self-signed signature", Paths.SignatureStatus),
        SignatureStatus.None => Answer.Fail("the artifact is not signed", Paths.SignatureStatus),
        _ => Answer.Fail("no signature is stated", Paths.SignatureStatus),
    };
}

/// <summary>Provenance verifies and names an allowed builder.</summary>
internal sealed class RequireProvenance(EquatableArray<string> builders) : Condition
{
    /// <summary>Reads the parameters.</summary>
    public static RequireProvenance Read(DataNode parameters)
    {
        parameters.Only("builders");
        return new(parameters.Texts("builders"));
    }

    /// <inheritdoc/>
    public override Answer Ask(PolicyInputs inputs, string ruleId) => inputs.Evidence?.Provenance switch
    {
        null => Answer.Fail("no provenance is stored", Paths.Provenance),
        { Verdict: ProvenanceVerdict.Unverified } => Answer.Fail("no configured key signed the provenance", Paths.Provenance),
        { Verdict: ProvenanceVerdict.SubjectMismatch } => Answer.Fail("the provenance is of another file", Paths.Provenance),
        { Verdict: ProvenanceVerdict.BadSignature } => Answer.Fail("the provenance's signature is wrong", Paths.Provenance),
        { BuilderId: { } builder } => builders.Any(allowed => Wildcard.Matches(allowed, builder, StringComparison.Ordinal))
            ? Answer.Pass($"built by {Shown.Text(builder, 200)}", Paths.Provenance)
            : Answer.Fail($"built by {Shown.Text(builder, 200)}, which is no allowed builder", Paths.Provenance),
        _ => Answer.Fail("the provenance names no builder", Paths.Provenance),
    };
}

/// <summary>The rollback plan was tried with success.</summary>
internal sealed class RequireRollbackPlan : Condition
{
    /// <inheritdoc/>
    public override Answer Ask(PolicyInputs inputs, string ruleId) => inputs.Evidence?.RollbackPlan switch
    {
        null => Answer.Fail("no rollback plan is stored", Paths.RollbackPlan),
        { Validated: true } => Answer.Pass("the rollback plan was tried with success", Paths.RollbackPlan),
        _ => Answer.Fail("the rollback plan was not tried with success", Paths.RollbackPlan),
    };
}

/// <summary>Tests ran and at most so many failed. No test run is a failure to test, not a pass.</summary>
internal sealed class RequireTestEvidence(int maxFailed) : Condition
{
    /// <summary>Reads the parameters.</summary>
    public static RequireTestEvidence Read(DataNode parameters)
    {
        parameters.Only("max_failed");
        return new(parameters.Has("max_failed") ? parameters.Integer("max_failed", 0, 1_000_000) : 0);
    }

    /// <inheritdoc/>
    public override Answer Ask(PolicyInputs inputs, string ruleId) => inputs.Evidence?.Tests switch
    {
        null => Answer.Fail("no test results are stored", Paths.Tests),
        { Passed: 0, Failed: 0 } => Answer.Fail("no test was run", Paths.Tests),
        { } tests => Answer.PassIf(tests.Failed <= maxFailed, $"{tests.Passed} tests passed, {tests.Failed} failed, at most {maxFailed} may fail", Paths.Tests),
    };
}
