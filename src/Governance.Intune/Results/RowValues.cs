using System.Globalization;

namespace Governance.Intune.Results;

/// <summary>Makes rows from named cells, whatever their order and whatever is missing.</summary>
internal sealed class RowValues
{
    private readonly int _deviceId, _deviceName, _user, _state, _error, _modified;

    /// <param name="columns">The names, in the order of the cells.</param>
    public RowValues(IReadOnlyList<string> columns)
    {
        int At(string name) => Enumerable.Range(0, columns.Count)
            .Where(i => string.Equals(columns[i], name, StringComparison.OrdinalIgnoreCase))
            .DefaultIfEmpty(-1)
            .First();
        (_deviceId, _deviceName, _user) = (At("DeviceId"), At("DeviceName"), At("UserPrincipalName"));
        (_state, _error, _modified) = (At("InstallState"), At("ErrorCode"), At("LastModifiedDateTime"));
    }

    /// <summary>Whether rows can be told apart and counted at all.</summary>
    public bool CanCount => _deviceId >= 0 && _state >= 0;

    /// <param name="cells">One row; may be shorter than the columns.</param>
    /// <returns>Null for a row without a device.</returns>
    public InstallRow? Read(IReadOnlyList<string> cells)
    {
        string Cell(int at) => at >= 0 && at < cells.Count ? cells[at] : string.Empty;
        var device = Cell(_deviceId);
        return device.Length == 0 ? null : new(
            device,
            Cell(_deviceName),
            Cell(_user),
            int.TryParse(Cell(_state), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var state) ? state : InstallRow.Unknown,
            long.TryParse(Cell(_error), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var error) ? error : 0,
            Time(Cell(_modified)));
    }

    /// <summary>Reports give times as text, and as seconds or milliseconds since 1970.</summary>
    internal static DateTimeOffset? Time(string text)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number switch
            {
                > 253_402_300_799_999 => null,
                > 100_000_000_000 => DateTimeOffset.FromUnixTimeMilliseconds(number),
                _ => DateTimeOffset.FromUnixTimeSeconds(number),
            };
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            ? at
            : null;
    }
}
