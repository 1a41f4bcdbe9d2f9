using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Governance.Core;
using Governance.Core.Events;
using Governance.Core.Evidence;
using Governance.Core.Policy;
using Governance.IntegrationTests;

namespace Governance.LoadTests.Budgets;

/// <summary>The score of a parsed pack, in one thread.</summary>
internal static class RiskScoring
{
    private const int Scores = 200_000;

    internal static IEnumerable<Figure> Measure()
    {
        var inputs = Inputs();
        for (var warm = 0; warm < 20_000; warm++)
        {
            RiskModel.V1.Score(inputs);
        }

        var kept = GC.GetAllocatedBytesForCurrentThread();
        var result = RiskModel.V1.Score(inputs);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - kept;
        var best = double.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var begun = Stopwatch.GetTimestamp();
            for (var score = 0; score < Scores; score++)
            {
                result = RiskModel.V1.Score(inputs);
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(begun).TotalMicroseconds / Scores);
        }

        yield return new(
            $"risk score of a parsed pack (score {result.Score})", "≤ 5 µs", string.Create(CultureInfo.InvariantCulture, $"{best:0.00} µs, {allocated:N0} bytes"), best <= 5);
    }

    // What a check of a risky pack would look at, read from the evidence as the app reads it.
    private static PolicyInputs Inputs()
    {
        var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var submitter = new PersonId(new Guid("00000000-0000-4000-8000-000000000001"));
        var evidence = (EvidenceBuilder.LowRisk with { Risky = true }).Build().ToJsonString();
        var document = EvidenceDocument.Parse(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(evidence)), CancellationToken.None).Document!;
        var facts = new EvidenceAssembly(document).Complete(new(new(Guid.AllBitsSet), Digest.Zero, "App", "1.0", at, submitter), EvidenceTrust.Nobody).Facts!;
        return PolicyCheck.Read(
            new()
            {
                At = at,
                TargetRing = Ring.Pilot,
                SubmittedBy = Actor.User(submitter),
                Evidence = facts,
                History = AppHistory.None(at),
            },
            PolicySet.V1);
    }
}
