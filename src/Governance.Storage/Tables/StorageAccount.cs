namespace Governance.Storage.Tables;

/// <summary>What a connection string names of the table service.</summary>
/// <param name="TableEndpoint">Where it answers.</param>
/// <param name="Credential">Name and key.</param>
internal sealed record StorageAccount(Uri TableEndpoint, TableSharedKeyCredential Credential)
{
    // Published constants of the emulator, https://learn.microsoft.com/azure/storage/common/storage-connect-azurite
    private const string EmulatorName = "devstoreaccount1";
    private const string EmulatorKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    /// <exception cref="ArgumentException">A part is missing or malformed; the message never shows the key.</exception>
    public static StorageAccount Parse(string connectionString)
    {
        var parts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new ArgumentException("The storage connection string has a part that is no name=value pair.", nameof(connectionString));
            }

            parts[part[..equals]] = part[(equals + 1)..];
        }

        if (parts.TryGetValue("UseDevelopmentStorage", out var emulator) && bool.TryParse(emulator, out var use) && use)
        {
            return new(new Uri($"http://127.0.0.1:10002/{EmulatorName}"), new(EmulatorName, EmulatorKey));
        }

        var name = Needed(parts, "AccountName");
        var key = Needed(parts, "AccountKey");
        var endpoint = parts.GetValueOrDefault("TableEndpoint")
            ?? $"{parts.GetValueOrDefault("DefaultEndpointsProtocol", "https")}://{name}.table.{parts.GetValueOrDefault("EndpointSuffix", "core.windows.net")}";
        try
        {
            return new(new Uri(endpoint), new(name, key));
        }
        catch (FormatException malformed)
        {
            throw new ArgumentException("The storage connection string's AccountKey is not base64 or its TableEndpoint is no address.", nameof(connectionString), malformed);
        }
    }

    private static string Needed(Dictionary<string, string> parts, string name) =>
        parts.TryGetValue(name, out var value) && value.Length > 0
            ? value
            : throw new ArgumentException($"The storage connection string lacks {name}.");
}
