using System.Text;

namespace Governance.Core.Evidence;

/// <summary>Licence texts as files state them.</summary>
internal static class LicenseText
{
    private const int LongestShown = 200;

    /// <summary>Whether a text names a licence at all.</summary>
    public static bool IsStated(string? text) =>
        !string.IsNullOrWhiteSpace(text) && text is not ("NOASSERTION" or "NONE") && !text.Equals("UNKNOWN", StringComparison.OrdinalIgnoreCase);

    /// <summary>A licence's name as it is kept: some files put the whole licence text there, of which the start and a digest remain.</summary>
    public static string Kept(string name)
    {
        var trimmed = name.Trim();
        if (trimmed.Length <= LongestShown)
        {
            return trimmed;
        }

        return $"{Shown.Cut(trimmed, LongestShown)} (sha256 {Digest.Of(Encoding.UTF8.GetBytes(name)).ToString()[..16]})";
    }
}
