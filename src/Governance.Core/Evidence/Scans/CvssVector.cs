namespace Governance.Core.Evidence.Scans;

/// <summary>Base scores from CVSS vectors. Source: the specifications of CVSS 2.0, 3.0 and 3.1, whose base formulas are the same for 3.0 and 3.1.</summary>
internal static class CvssVector
{
    private const int LongestVector = 512;

    /// <summary>The base score of a CVSS 4, 3 or 2 vector; null where it is none, names a metric twice or leaves one out.</summary>
    /// <param name="vector">With or without its <c>CVSS:3.1/</c> prefix; metrics that are no base metrics are passed over.</param>
    public static double? BaseScore(string vector)
    {
        if (vector.Length > LongestVector || Metrics(vector) is not { } metrics)
        {
            return null;
        }

        return metrics.ContainsKey("Au") ? BaseScore2(metrics) : vector.StartsWith("CVSS:4.0/", StringComparison.Ordinal) ? CvssVector4.BaseScore(metrics) : BaseScore3(metrics);
    }

    private static Dictionary<string, string>? Metrics(string vector)
    {
        var metrics = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in vector.Split('/'))
        {
            var pair = part.Split(':');
            if (pair.Length != 2 || !metrics.TryAdd(pair[0], pair[1]))
            {
                return null;
            }
        }

        return metrics;
    }

    private static double? BaseScore3(Dictionary<string, string> metrics)
    {
        string? Of(string name) => metrics.GetValueOrDefault(name);
        var isChanged = Of("S") == "C";
        double? vector = Of("AV") switch { "N" => 0.85, "A" => 0.62, "L" => 0.55, "P" => 0.2, _ => null };
        double? complexity = Of("AC") switch { "L" => 0.77, "H" => 0.44, _ => null };
        double? privileges = (Of("PR"), isChanged) switch { ("N", _) => 0.85, ("L", false) => 0.62, ("L", true) => 0.68, ("H", false) => 0.27, ("H", true) => 0.5, _ => null };
        double? interaction = Of("UI") switch { "N" => 0.85, "R" => 0.62, _ => null };
        double? Loss(string name) => Of(name) switch { "H" => 0.56, "L" => 0.22, "N" => 0.0, _ => null };
        if (Of("S") is not ("U" or "C")
            || vector * complexity * privileges * interaction is not { } product
            || (1 - Loss("C")) * (1 - Loss("I")) * (1 - Loss("A")) is not { } kept)
        {
            return null;
        }

        var loss = 1 - kept;
        var impact = isChanged ? (7.52 * (loss - 0.029)) - (3.25 * Math.Pow(loss - 0.02, 15)) : 6.42 * loss;
        if (impact <= 0)
        {
            return 0;
        }

        var sum = impact + (8.22 * product);
        return RoundUp(Math.Min(isChanged ? 1.08 * sum : sum, 10));
    }

    private static double? BaseScore2(Dictionary<string, string> metrics)
    {
        string? Of(string name) => metrics.GetValueOrDefault(name);
        double? vector = Of("AV") switch { "N" => 1.0, "A" => 0.646, "L" => 0.395, _ => null };
        double? complexity = Of("AC") switch { "L" => 0.71, "M" => 0.61, "H" => 0.35, _ => null };
        double? authentication = Of("Au") switch { "N" => 0.704, "S" => 0.56, "M" => 0.45, _ => null };
        double? Loss(string name) => Of(name) switch { "C" => 0.66, "P" => 0.275, "N" => 0.0, _ => null };
        if (vector * complexity * authentication is not { } product || (1 - Loss("C")) * (1 - Loss("I")) * (1 - Loss("A")) is not { } kept)
        {
            return null;
        }

        var impact = 10.41 * (1 - kept);
        var score = ((0.6 * impact) + (0.4 * 20 * product) - 1.5) * (impact == 0 ? 0 : 1.176);
        return Math.Round(score, 1, MidpointRounding.AwayFromZero);
    }

    // The smallest number of one decimal that is not less; on integers, as the specification's appendix asks, so that 4.000000000000001 stays 4.0.
    private static double RoundUp(double value)
    {
        var scaled = (int)Math.Round(value * 100_000);
        return scaled % 10_000 == 0 ? scaled / 100_000.0 : ((scaled / 10_000) + 1) / 10.0;
    }
}
