using System.Text.Json.Nodes;
using Governance.Core;
using Governance.Functions.Audit;
using Governance.Local.Audit;
using Governance.Local.Stack;
using Governance.Local.Teams;
using Microsoft.Extensions.DependencyInjection;

namespace Governance.Local.Demo;

/// <summary>Drives a normal day: one low-risk app that goes straight through, and one high-risk agent that the CAB decides on.</summary>
internal sealed class DemoRun(LocalStack stack, TimeProvider clock, TextWriter output)
{
    private static readonly Guid Publisher = new("11111111-1111-4111-8111-111111111111");
    private static readonly Guid Auditor = new("66666666-6666-4666-8666-666666666666");

    /// <summary>Runs to its end; a step that goes wrong is an exception with what the app said.</summary>
    internal async Task Run(CancellationToken cancellation)
    {
        using var pipeline = await ApiClient.SignIn(stack.Address, Publisher, "user", "Publisher");
        using var auditor = await ApiClient.SignIn(stack.Address, Auditor, "user", "Auditor");

        Title("1. A small per-user app: policy lets it through");
        var notes = await Submit(pipeline, "Contoso Notes", "3.2.0", high: false);
        Risk(notes);
        notes = await Await(pipeline, notes, "ACTIVE", cancellation);
        Say($"Published: Intune app {notes["connector_status"]!["external_id"]}");

        Title("2. A remote-administration agent: the CAB decides, in Teams");
        var agent = await Submit(pipeline, "Contoso Remote Agent", "7.1.0", high: true);
        Risk(agent);
        var id = agent["correlation_id"]!.GetValue<string>();
        await Decide(id, cancellation);
        agent = await Await(pipeline, agent, "ACTIVE", cancellation);
        Say($"Published: Intune app {agent["connector_status"]!["external_id"]}");

        Title("3. The log and its proof");
        var events = (await pipeline.Get($"deployments/{id}/events/")).Ok()["events"]!.AsArray();
        DemoTables.Events(output, events);
        var verified = await Anchor(auditor, id, cancellation);
        Say($"Hash chain and evidence verified: valid = {verified["valid"]}, {verified["checked"]} events, head {verified["head_hash"]!.GetValue<string>()[..16]}…{string.Concat(verified["flaws"]!.AsArray().Select(flaw => " " + flaw))}");
        Say($"Anchor {verified["anchor"]?["number"]} covers it up to event {verified["anchor"]?["sequence"]}.");
        var bundle = Path.Combine(Path.GetTempPath(), $"governance-audit-{id}.zip");
        await File.WriteAllBytesAsync(bundle, await auditor.Download($"deployments/{id}/audit-bundle"), cancellation);
        Say($"Audit bundle: {bundle}, checked offline:");
        await VerifyCommand.Run(bundle, null, output, output, cancellation);
        Title("Where to look next");
        Say($"  dotnet run --project src/Governance.Local -- verify {bundle}   after you have edited something in it");
        Say("  dotnet run --project src/Governance.Local -- up   serves the same, empty, until Ctrl-C; then on its port:");
        Say("  /openapi/v1.json   every route with examples");
        Say("  /review   what waits for the CAB, in a browser");
        Say("  /api/v1/deployments/, /api/v1/cab/pending/, /api/v1/events/, /api/v1/policy/   with a token from POST /development/tokens");
    }

    private async Task<JsonObject> Submit(ApiClient pipeline, string app, string version, bool high)
    {
        var package = await SamplePackage.Make(app, version);
        var sha256 = await pipeline.Upload(package, "setup.intunewin", "artifact");
        Say($"Uploaded a real .intunewin of {package.Length:N0} bytes, SHA-256 {sha256[..16]}…");
        var now = clock.GetUtcNow();
        var (evidence, files) = DemoEvidence.WithFiles(high ? DemoEvidence.HighRisk(sha256, package.Length, now) : DemoEvidence.LowRisk(sha256, package.Length, now));
        var stored = (await Store(pipeline, app, version, evidence, files)).Ok();
        Say($"Stored a pack of {files.Count} files and what the pipeline says, digest {stored["digest"]!.GetValue<string>()[..16]}…");
        DemoTables.Evidence(output, stored);
        var created = (await pipeline.Post(
            "deployments/",
            new JsonObject { ["app_name"] = app, ["version"] = version, ["target_ring"] = "LAB", ["evidence_pack_id"] = stored["evidence_pack_id"]!.DeepClone() },
            ("Prefer", "wait=30"))).Ok();
        Say($"Intent {created["correlation_id"]}: {created["status"]}, risk {created["risk_score"]}");
        return created;
    }

    private static async Task<ApiAnswer> Store(ApiClient pipeline, string app, string version, JsonObject evidence, IReadOnlyList<byte[]> files)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent(app), "app_name" }, { new StringContent(version), "version" }, { new StringContent(evidence.ToJsonString()), "evidence" },
        };
        foreach (var file in files)
        {
            form.Add(new ByteArrayContent(file), Digest.Of(file).ToString());
        }

        return await pipeline.SendContent(HttpMethod.Post, "evidence/store/", form);
    }

    // What the hourly timer does, done now; the outbox may still be noting the last event.
    private async Task<JsonObject> Anchor(ApiClient auditor, string id, CancellationToken cancellation)
    {
        for (var end = clock.GetUtcNow().AddSeconds(30); ;)
        {
            await stack.Services.GetRequiredService<AnchorAuditLog>().Step(null, cancellation);
            var verified = (await auditor.Get($"events/verify/{id}/")).Ok();
            if (verified["anchor"]?["not_anchored"] is JsonArray { Count: 0 } || clock.GetUtcNow() > end)
            {
                return verified;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), clock, cancellation);
        }
    }

    private async Task Decide(string id, CancellationToken cancellation)
    {
        var team = stack.Teams!.Simulator;
        var card = await Card(team, id, cancellation);
        Say($"The card is in the CAB's channel ({stack.Teams.Root}): {card.Card!["body"]![0]!["text"]}");
        Say("The submitter presses Approve:");
        Say($"  {(await team.Tap(card, "cab.approve", Publisher)).Says}");
        foreach (var approver in team.Options.People.Where(person => person is { Approver: true, Guest: false } && person.ObjectId != Publisher))
        {
            Say($"{approver.Name} presses Approve with conditions, only up to LAB:");
            var answer = await team.Tap(card, "cab.approveWithConditions", approver.ObjectId, ("max_ring", "LAB"), ("note", "Seen with its evidence."));
            Say($"  {answer.Says}");
            if (answer.Says is not { } said || !said.Contains(" of ", StringComparison.Ordinal))
            {
                return;
            }
        }
    }

    private async Task<SimulatedMessage> Card(TeamsSimulator team, string id, CancellationToken cancellation)
    {
        for (var end = clock.GetUtcNow().AddSeconds(30); clock.GetUtcNow() < end;)
        {
            if (team.CardOf(id) is { } card)
            {
                return card;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), clock, cancellation);
        }

        throw new TimeoutException($"No card for {id} came within 30 s.");
    }

    private async Task<JsonObject> Await(ApiClient client, JsonObject deployment, string status, CancellationToken cancellation)
    {
        var id = deployment["correlation_id"]!.GetValue<string>();
        var last = string.Empty;
        for (var end = clock.GetUtcNow().AddSeconds(90); clock.GetUtcNow() < end;)
        {
            var now = (await client.Get($"deployments/{id}/")).Ok();
            var seen = $"{now["status"]} {now["waiting_for"]!.ToJsonString()}";
            if (seen != last)
            {
                Say($"  {seen}");
                last = seen;
            }

            if (now["status"]!.GetValue<string>() == status)
            {
                return now;
            }

            if (now["status"]!.GetValue<string>() is "FAILED" or "REJECTED" or "EXPIRED" or "CANCELLED" or "BLOCKED")
            {
                throw new InvalidOperationException($"Deployment {id} ended as {now["status"]}: {now["reason"]}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), clock, cancellation);
        }

        throw new TimeoutException($"Deployment {id} did not become {status} within 90 s; it is {last}.");
    }

    private void Risk(JsonObject deployment) => DemoTables.Risk(output, deployment["risk"]!.AsObject());

    private void Title(string text)
    {
        output.WriteLine();
        output.WriteLine(text);
        output.WriteLine(new string('─', text.Length));
    }

    private void Say(string text) => output.WriteLine(text);
}
