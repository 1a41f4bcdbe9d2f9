using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Governance.Core;
using Governance.Core.Deployments;
using Governance.IntegrationTests;
using Governance.LoadTests.Faults.Checking;
using Governance.LoadTests.Stack;

namespace Governance.LoadTests.Faults;

/// <summary>What happens to a deployment in a run.</summary>
internal enum Story
{
    /// <summary>Low risk, one ring.</summary>
    Straight,

    /// <summary>The CAB approves it.</summary>
    Approved,

    /// <summary>The CAB rejects it.</summary>
    Rejected,

    /// <summary>Two rings, the second behind the first's gate.</summary>
    TwoRings,

    /// <summary>Its submitter cancels it while the CAB is asked.</summary>
    Cancelled,

    /// <summary>An administrator rolls it back once it is completed.</summary>
    RolledBack,

    /// <summary>Its pack comes after the intent.</summary>
    LateEvidence,
}

/// <summary>One deployment of a run, with everything of it that is decided beforehand.</summary>
internal sealed record Journey(int Number, Story Story, TimeSpan BeginsAfter, Guid Id, Guid PackId)
{
    // Of a hundred: most go straight through, as on a normal day.
    private static readonly (Story Story, int Share)[] Mix =
        [(Story.Straight, 40), (Story.Approved, 16), (Story.LateEvidence, 12), (Story.TwoRings, 10), (Story.Rejected, 8), (Story.Cancelled, 7), (Story.RolledBack, 7)];

    /// <summary>Whether its publish may fail for good: where Graph is in trouble for longer than the four attempts last at the run's speed.</summary>
    internal bool MayFail { get; init; }

    private string App => $"Fault {Number}";

    private bool AsksCab => Story is Story.Approved or Story.Rejected or Story.Cancelled;

    /// <summary>Where it may end.</summary>
    internal Expectation Expected => new(new(Id), [Meant, .. MayFail ? new[] { DeploymentStatus.Failed } : []]);

    private DeploymentStatus Meant => Story switch
    {
        Story.Rejected => DeploymentStatus.Rejected,
        Story.Cancelled => DeploymentStatus.Cancelled,
        Story.RolledBack => DeploymentStatus.RolledBack,
        _ => DeploymentStatus.Completed,
    };

    /// <summary>So many, begun at seeded moments.</summary>
    internal static IReadOnlyList<Journey> Plan(int count, TimeSpan spread, Random seeded) =>
    [
        .. Enumerable.Range(1, count).Select(number => new Journey(
            number, Mix.SelectMany(each => Enumerable.Repeat(each.Story, each.Share)).ElementAt((number * 37) % 100), spread * seeded.NextDouble(), NewId(seeded), NewId(seeded))),
    ];

    /// <summary>Does it from its beginning to its end.</summary>
    /// <param name="api">Its clients.</param>
    /// <param name="board">Where statuses are seen.</param>
    /// <param name="package">The artifact, uploaded before: its digest and size.</param>
    /// <param name="told">Takes what clients are told.</param>
    /// <exception cref="RefusedCallException">The app refused what it should have accepted.</exception>
    internal async Task Run(PatientApi api, DeploymentBoard board, (string Sha256, long Bytes) package, ConcurrentQueue<Promise> told)
    {
        try
        {
            await Tell(api, board, package, told);
        }
        catch (EndedOtherwiseException failed) when (MayFail && failed.End == DeploymentStatus.Failed)
        {
            // It is told of in the report, and the tenant must have nothing assigned for it.
        }
    }

    private async Task Tell(PatientApi api, DeploymentBoard board, (string Sha256, long Bytes) package, ConcurrentQueue<Promise> told)
    {
        if (Story != Story.LateEvidence)
        {
            await StorePack(api, package);
        }

        await api.Post(Player.Publisher, "/api/v1/deployments", Intent());
        Told("DEPLOYMENT_CREATED");
        switch (Story)
        {
            case Story.LateEvidence:
                await board.Until(Id, "PENDING");
                await StorePack(api, package);
                break;
            case Story.Approved:
                await board.Until(Id, "AWAITING_CAB");
                await Approve(api, Told);
                break;
            case Story.Rejected:
                await board.Until(Id, "AWAITING_CAB");
                await api.Post(Player.FirstApprover, $"/api/v1/cab/{Id}/reject", new() { ["comments"] = "Not this one." });
                Told("CAB_REJECTED");
                break;
            case Story.Cancelled:
                await board.Until(Id, "AWAITING_CAB");
                await Command(api, Player.Publisher, "cancel", "CANCELLED");
                Told("DEPLOYMENT_CANCELLED");
                break;
            case Story.RolledBack:
                await board.Until(Id, "COMPLETED");
                await Command(api, Player.Admin, "rollback", "ROLLED_BACK");
                Told("ROLLBACK_STARTED");
                break;
            default:
                break;
        }

        await board.Until(Id, [.. Expected.Ends.Select(end => end.WireName())]);

        void Told(string type) => told.Enqueue(new(new(Id), type));
    }

    private static Guid NewId(Random seeded)
    {
        Span<byte> bytes = stackalloc byte[16];
        seeded.NextBytes(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new(bytes, bigEndian: true);
    }

    private JsonObject Intent()
    {
        var body = new JsonObject
        {
            ["app_name"] = App,
            ["version"] = "1.0",
            ["evidence_pack_id"] = PackId,
            ["correlation_id"] = Id,
            ["target_ring"] = Story == Story.TwoRings ? "CANARY" : "LAB",
        };
        if (Story == Story.TwoRings)
        {
            body["start_ring"] = "LAB";
        }

        return body;
    }

    private Task<JsonNode> StorePack(PatientApi api, (string Sha256, long Bytes) package) => api.Post(
        Player.Publisher,
        "/api/v1/evidence/store",
        new()
        {
            ["app_name"] = App,
            ["version"] = "1.0",
            ["evidence_pack_id"] = PackId,
            ["evidence"] = (EvidenceBuilder.LowRisk with { Risky = AsksCab, ArtifactSha256 = package.Sha256, ArtifactBytes = package.Bytes }).Build(),
        });

    private async Task Approve(PatientApi api, Action<string> told)
    {
        foreach (var approver in new[] { Player.FirstApprover, Player.SecondApprover })
        {
            var answer = await api.Post(approver, $"/api/v1/cab/{Id}/approve", new() { ["comments"] = "Seen and agreed." });
            if (answer["decision"]!.GetValue<string>() is "APPROVED" or "CONDITIONAL")
            {
                told("CAB_APPROVED");
                return;
            }
        }
    }

    // The answer to the first time may have been lost; then the second is refused, because it is so already.
    private async Task Command(PatientApi api, Player player, string verb, string end)
    {
        try
        {
            await api.Post(player, $"/api/v1/deployments/{Id}/{verb}", new() { ["reason"] = "Part of its story." });
        }
        catch (RefusedCallException refused) when (refused.Status == 409)
        {
            var status = (await api.Get(Player.Publisher, $"/api/v1/deployments/{Id}"))["status"]!.GetValue<string>();
            if (status != end)
            {
                throw;
            }
        }
    }
}
