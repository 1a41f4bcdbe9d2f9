using Governance.Core.Evidence;

namespace Governance.Core.Policy.Rules;

/// <summary>No component under these licences, unless it offers another one to choose.</summary>
internal sealed class DeniedLicenses(EquatableArray<string> licenses, bool denyMissing) : ComponentCondition
{
    /// <inheritdoc/>
    protected override string What => "a denied licence";

    /// <summary>Reads the parameters: ids in any case, <c>*</c> for any characters; <c>deny_missing</c> also denies components that state none.</summary>
    public static DeniedLicenses Read(DataNode parameters)
    {
        parameters.Only("licenses", "deny_missing");
        return new([.. parameters.Texts("licenses").Select(LicenseExpression.Current)], parameters.Flag("deny_missing", absent: false));
    }

    /// <inheritdoc/>
    public override string? Denies(SbomComponent component)
    {
        var stated = false;
        foreach (var license in component.Licenses)
        {
            if (LicenseText.IsStated(license))
            {
                stated = true;

                // Several entries all hold: only an expression offers a choice.
                if (LicenseExpression.IsDenied(license, IsDenied))
                {
                    return Shown.Text(license, 100);
                }
            }
        }

        return stated || !denyMissing ? null : "states no licence";
    }

    private bool IsDenied(string id)
    {
        foreach (var pattern in licenses.AsSpan())
        {
            if (Wildcard.Matches(pattern, id, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
