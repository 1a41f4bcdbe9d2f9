using System.Text.Json.Nodes;
using Governance.Core;
using Governance.Core.Policy;
using Governance.Functions.Policy;
using Governance.Local.Intune;
using Governance.Local.Stack;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Local.Demo;

/// <summary>Three weeks of a rollout in about a minute: five rings behind their gates, and one remediation on the way.</summary>
internal sealed class RolloutDemo(LocalStack stack, RolloutDemoOptions options, TimeProvider clock, TextWriter output, bool live)
{
    private static readonly Guid Publisher = new("11111111-1111-4111-8111-111111111111");
    private static readonly Guid[] Approvers = [new("22222222-2222-4222-8222-222222222222"), new("33333333-3333-4333-8333-333333333333")];
    private static readonly TimeSpan DrawEvery = TimeSpan.FromMilliseconds(250);

    private readonly RolloutTable _table = new(output, live);
    private readonly DateTimeOffset _start = clock.GetUtcNow();
    private long _told;
    private bool _meddled;

    private double Day => (clock.GetUtcNow() - _start).TotalDays * options.Speed;

    /// <summary>Starts everything, at the speed of the options.</summary>
    internal static Task<LocalStack> Start(RolloutDemoOptions options, TextWriter output, CancellationToken cancellation) => LocalStack.Start(
        new()
        {
            Port = options.Port,
            Progress = output.WriteLine,
            Speed = options.Speed,
            Customise = builder => builder.Services.AddSingleton(new PolicyData(RiskModel.V1, PolicySet.V1, options.Gates)),
            Intune = new()
            {
                TimeFactor = options.Speed,
                Groups = [.. Rings.All.Select(ring => new SimulatedGroup { Id = LocalStack.GroupOf(ring), Name = ring.WireName(), Devices = 10 << (2 * (int)ring), FailureRate = ring > Ring.Lab ? 0.003 : 0 })],
                Devices = new() { CheckIn = TimeSpan.FromHours(options.CheckInHours) },
            },
        },
        cancellation);

    /// <summary>Runs to its end; a step that goes wrong is an exception with what the app said.</summary>
    internal async Task Run(CancellationToken cancellation)
    {
        output.WriteLine($"A second is {options.Speed / 3600.0:0.#} hours: observation periods, looks, compliance times and devices all run that fast.");
        using var pipeline = await ApiClient.SignIn(stack.Address, Publisher, "user", "Publisher");
        var id = await Submit(pipeline);
        for (var end = clock.GetUtcNow() + TimeSpan.FromSeconds((options.Seconds * 3) + 120); clock.GetUtcNow() < end;)
        {
            var deployment = (await pipeline.Get($"deployments/{id}/")).Ok();
            await Tell(pipeline, id, deployment);
            switch (deployment["status"]!.GetValue<string>())
            {
                case "AWAITING_CAB":
                    await Approve(id);
                    break;
                case "ACTIVE" when deployment["current_ring"]!.GetValue<string>() == "PILOT" && !_meddled:
                    await Meddle(pipeline, id);
                    break;
                case "COMPLETED":
                    _table.End(deployment, Day);
                    output.WriteLine("Completed: every ring passed its gate, and the log says with which figures.");
                    return;
                case "PENDING" or "APPROVED" or "ACTIVE":
                    break;
                case var other:
                    throw new InvalidOperationException($"Deployment {id} ended as {other}: {deployment["reason"]}");
            }

            await Task.Delay(DrawEvery, clock, cancellation);
        }

        throw new TimeoutException($"Deployment {id} did not complete in time.");
    }

    // The lines of the log as they come, and the table below them.
    private async Task Tell(ApiClient pipeline, string id, JsonObject deployment)
    {
        var status = (await pipeline.Get($"connectors/status/{id}/")).Ok();
        if (status["devices"] is JsonObject devices && status["ring"] is { } ring)
        {
            _table.Devices(ring.GetValue<string>(), devices.DeepClone().AsObject());
        }

        if (deployment["sequence"]!.GetValue<long>() > _told)
        {
            foreach (var each in (await pipeline.Get($"deployments/{id}/events/?limit=200")).Ok()["events"]!.AsArray().Where(each => each!["sequence"]!.GetValue<long>() > _told))
            {
                _told = each!["sequence"]!.GetValue<long>();
                _table.Say($"Day {Day,4:0.0}  {each["event_type"],-26} {About(each["data"]!)}");
            }
        }

        _table.Show(deployment, Day);
    }

    private static string About(JsonNode data) => data switch
    {
        _ when data["gate"]?["step"] is { } step => $"{step["from"]?.GetValue<string>() ?? "start"} → {step["to"]?.GetValue<string>() ?? "completed"}: {data["gate"]!["reason"]}",
        _ when data["reason"] is JsonValue reason => reason.ToString(),
        _ when data["result"] is JsonValue result => result.ToString(),
        _ => string.Empty,
    };

    private async Task<string> Submit(ApiClient pipeline)
    {
        var package = await SamplePackage.Make("Contoso Notes", "4.0.0");
        var sha256 = await pipeline.Upload(package, "setup.intunewin", "artifact");
        var stored = (await pipeline.Post("evidence/store/", new JsonObject
        {
            ["app_name"] = "Contoso Notes",
            ["version"] = "4.0.0",
            ["evidence"] = DemoEvidence.LowRisk(sha256, package.Length, clock.GetUtcNow()),
        })).Ok();
        var created = (await pipeline.Post("deployments/", new JsonObject
        {
            ["app_name"] = "Contoso Notes",
            ["version"] = "4.0.0",
            ["start_ring"] = "LAB",
            ["target_ring"] = "GLOBAL",
            ["evidence_pack_id"] = stored["evidence_pack_id"]!.DeepClone(),
        })).Ok();
        return created["correlation_id"]!.GetValue<string>();
    }

    private async Task Approve(string id)
    {
        foreach (var person in Approvers)
        {
            using var approver = await ApiClient.SignIn(stack.Address, person, "user", "CabApprover");
            var decided = await approver.Post($"cab/{id}/approve/", new JsonObject { ["comments"] = "Seen with its evidence." });
            if (decided.Ok()["decision"]!.GetValue<string>() != "PENDING")
            {
                return;
            }
        }
    }

    // Somebody takes all assignments away in Intune's portal; the publisher has the plane brought back to what the log says.
    private async Task Meddle(ApiClient pipeline, string id)
    {
        _meddled = true;
        var app = stack.Intune.Simulator.Tenant.Apps.Single();
        stack.Intune.Simulator.ClearAssignments(app);
        _table.Say($"Day {Day,4:0.0}  Somebody removes all assignments of the app in Intune; its publisher asks for a RESYNC.");
        (await pipeline.Post(
            "connectors/remediate/", new JsonObject { ["deployment_id"] = id, ["reason"] = "Assignments were removed by hand.", ["action"] = "RESYNC" })).Ok();
    }
}
