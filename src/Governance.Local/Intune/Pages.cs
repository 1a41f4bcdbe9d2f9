using System.Globalization;

namespace Governance.Local.Intune;

/// <summary>Links from one page to the next: absolute, opaque, and never twice the same.</summary>
internal static class Pages
{
    private static readonly string[] Kept = ["$filter", "$select", "$top", "$orderby", "$expand", "$count"];

    /// <summary>Rows that the page leaves out at the front.</summary>
    public static int Skip(SimulatedCall call) =>
        call.Query("$skiptoken") is { } token && int.TryParse(token.Split('.')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var skip) ? skip : 0;

    /// <summary>The next page of the same question.</summary>
    public static string Next(SimulatedCall call, int skip, SimulatorDice dice)
    {
        var query = Kept
            .Where(name => call.Query(name) is not null)
            .Select(name => $"{name}={Uri.EscapeDataString(call.Query(name)!)}")
            .Append($"$skiptoken={skip.ToString("x", CultureInfo.InvariantCulture)}.{dice.Id():N}");
        return $"{call.BaseAddress}{call.Path}?{string.Join('&', query)}";
    }
}
