using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.TestReports;

/// <summary>Test results as bare numbers: <c>{total, passed, failed, skipped}</c>.</summary>
internal static class TestSummary
{
    /// <summary>The largest number that is taken; 64 of them still fit a sum.</summary>
    public const int Most = 10_000_000;

    public static TestFacts? Read(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        var before = json.ErrorCount;
        long? total = null, passed = null, failed = null, skipped = null;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "total":
                    total = json.Integer(0, Most);
                    break;
                case "passed":
                    passed = json.Integer(0, Most);
                    break;
                case "failed":
                    failed = json.Integer(0, Most);
                    break;
                case "skipped":
                    skipped = json.Integer(0, Most);
                    break;
            }
        }

        if (json.ErrorCount > before)
        {
            return null;
        }

        if (passed is null || failed is null)
        {
            json.Error("needs passed and failed");
            return null;
        }

        // Whoever leaves the total out means the sum, whoever leaves skipped out means the rest.
        var all = total ?? passed + failed + (skipped ?? 0);
        var left = skipped ?? all - passed - failed;
        if (left < 0 || passed + failed + left != all)
        {
            json.Error("total must be the sum of passed, failed and skipped");
            return null;
        }

        return new((int)all, (int)passed, (int)failed, (int)left);
    }
}
