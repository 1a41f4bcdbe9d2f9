using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Scans;

/// <summary>Scan results as bare numbers: <c>{critical, high, medium, low}</c> with optional <c>informational</c>, <c>unknown</c> and <c>scanned_at</c>.</summary>
internal static class PlainCounts
{
    private const int Most = 1_000_000;

    public static ScanReport? Read(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        long? critical = null, high = null, medium = null, low = null;
        long informational = 0, unknown = 0;
        DateTimeOffset? scannedAt = null;
        string? scanner = null;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "critical":
                    critical = json.Integer(0, Most);
                    break;
                case "high":
                    high = json.Integer(0, Most);
                    break;
                case "medium":
                    medium = json.Integer(0, Most);
                    break;
                case "low":
                    low = json.Integer(0, Most);
                    break;
                case "informational":
                    informational = json.Integer(0, Most) ?? 0;
                    break;
                case "unknown":
                    unknown = json.Integer(0, Most) ?? 0;
                    break;
                case "scanned_at":
                    scannedAt = json.Timestamp();
                    break;
                case "scanner":
                    scanner = json.OptionalIdentifier();
                    break;
            }
        }

        // A count that nobody stated is not zero.
        if (critical is null || high is null || medium is null || low is null)
        {
            json.Error("needs critical, high, medium and low");
            return null;
        }

        var counts = new SeverityCounts((int)critical, (int)high, (int)medium, (int)low, (int)informational, (int)unknown);
        return new(scanner ?? "unnamed", scannedAt, [], counts);
    }
}
