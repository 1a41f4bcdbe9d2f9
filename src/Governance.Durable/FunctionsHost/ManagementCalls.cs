using System.Net;
using System.Text;
using System.Text.Json;
using Governance.Durable.Client;

namespace Governance.Durable.FunctionsHost;

/// <summary>The HTTP management API of the durable extension: slower than gRPC and through the app's front door, for when the gRPC endpoint does not answer.</summary>
internal sealed class ManagementCalls(HttpClient http)
{
    /// <summary>Schedules an instance.</summary>
    /// <exception cref="OrchestrationInstanceException">One with its id has not ended.</exception>
    internal async Task Start(HubBinding hub, string orchestrator, string instanceId, string? inputJson, CancellationToken cancellation)
    {
        using var answer = await Send(HttpMethod.Post, Address(hub, $"orchestrators/{Escaped(orchestrator)}/{Escaped(instanceId)}"), inputJson, cancellation).ConfigureAwait(false);
        if (answer.StatusCode == HttpStatusCode.Conflict)
        {
            throw new OrchestrationInstanceException(instanceId, InstanceProblem.AlreadyExists);
        }

        await Expect(answer, "start", cancellation).ConfigureAwait(false);
    }

    /// <summary>Raises an event.</summary>
    internal Task Raise(HubBinding hub, string instanceId, string name, string? payloadJson, CancellationToken cancellation) =>
        Tell(hub, instanceId, $"raiseEvent/{Escaped(name)}", string.Empty, payloadJson ?? "null", cancellation);

    /// <summary>Terminates, suspends or resumes.</summary>
    internal Task Control(HubBinding hub, string instanceId, string verb, string? reason, CancellationToken cancellation) =>
        Tell(hub, instanceId, verb, reason is null ? string.Empty : $"reason={Escaped(reason)}", null, cancellation);

    /// <summary>Looks at an instance.</summary>
    /// <returns>Null where there is none.</returns>
    internal async Task<OrchestrationMetadata?> Get(HubBinding hub, string instanceId, DataConverter? converter, CancellationToken cancellation)
    {
        var address = Address(hub, $"instances/{Escaped(instanceId)}", converter is null ? "showInput=false" : "showInput=true");
        using var answer = await Send(HttpMethod.Get, address, null, cancellation).ConfigureAwait(false);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        await Expect(answer, "status", cancellation).ConfigureAwait(false);
        using var document = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false));
        return HubViews.Metadata(instanceId, document.RootElement, converter);
    }

    /// <summary>Deletes an ended instance.</summary>
    /// <returns>How many were deleted.</returns>
    internal async Task<int> Purge(HubBinding hub, string instanceId, CancellationToken cancellation)
    {
        using var answer = await Send(HttpMethod.Delete, Address(hub, $"instances/{Escaped(instanceId)}"), null, cancellation).ConfigureAwait(false);
        if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.PreconditionFailed)
        {
            return 0;
        }

        await Expect(answer, "purge", cancellation).ConfigureAwait(false);
        return 1;
    }

    private async Task Tell(HubBinding hub, string instanceId, string verb, string query, string? body, CancellationToken cancellation)
    {
        using var answer = await Send(HttpMethod.Post, Address(hub, $"instances/{Escaped(instanceId)}/{verb}", query), body, cancellation).ConfigureAwait(false);
        switch (answer.StatusCode)
        {
            case HttpStatusCode.NotFound:
                throw new OrchestrationInstanceException(instanceId, InstanceProblem.NotFound);
            case HttpStatusCode.Gone:
                throw new OrchestrationInstanceException(instanceId, InstanceProblem.NotRunning);
            default:
                await Expect(answer, verb, cancellation).ConfigureAwait(false);
                break;
        }
    }

    private async Task<HttpResponseMessage> Send(HttpMethod method, Uri address, string? json, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(method, address);
        if (json is not null)
        {
            message.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        return await http.SendAsync(message, cancellation).ConfigureAwait(false);
    }

    private static async Task Expect(HttpResponseMessage answer, string call, CancellationToken cancellation)
    {
        if (!answer.IsSuccessStatusCode)
        {
            throw new HubCallException(call, (int)answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false));
        }
    }

    private static Uri Address(HubBinding hub, string path, string query = "") =>
        new($"{hub.Management}/{path}?{string.Join('&', new[] { query, hub.Query }.Where(part => part.Length > 0))}");

    private static string Escaped(string text) => Uri.EscapeDataString(text);
}
