using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Governance.Core;
using Governance.Teams.Connector;
using Microsoft.Extensions.Logging;

namespace Governance.Teams.Approvers;

/// <summary>Approvers as the tenant's app role assignments have them, asked of Graph.</summary>
/// <remarks>
/// https://learn.microsoft.com/graph/api/user-list-approleassignments: assignments to groups that the person is a direct member of are among them.
/// Needs User.Read.All and AppRoleAssignment read rights (Application.Read.All).
/// </remarks>
internal sealed class GraphApprovers(ApproverOptions options, HttpClient http, IAccessTokens tokens, TimeProvider clock, ILogger log) : IApproverDirectory
{
    private const string Scope = "https://graph.microsoft.com/.default";
    private const int MostKept = 10_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<PersonId, Answer> _known = new();

    /// <inheritdoc/>
    public async ValueTask<ApproverStanding> Find(PersonId person, CancellationToken cancellation)
    {
        if (_known.TryGetValue(person, out var known) && clock.GetUtcNow() < known.Until)
        {
            return known.Standing;
        }

        var (standing, name) = await Ask(person, cancellation).ConfigureAwait(false);
        if (standing != ApproverStanding.Unknown)
        {
            if (_known.Count >= MostKept)
            {
                _known.Clear();
            }

            _known[person] = new(standing, name, clock.GetUtcNow() + options.CacheFor);
        }

        return standing;
    }

    /// <inheritdoc/>
    public string? NameOf(PersonId person) => _known.TryGetValue(person, out var known) ? known.Name : null;

    private async Task<(ApproverStanding Standing, string? Name)> Ask(PersonId person, CancellationToken cancellation)
    {
        using var timer = new CancellationTokenSource(Limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        try
        {
            var token = await tokens.Get(Scope, either.Token).ConfigureAwait(false);
            var account = Get($"users/{person}?$select=id,displayName,accountEnabled,userType", token, either.Token);
            var roles = Get($"users/{person}/appRoleAssignments?$filter=resourceId eq {options.ResourceId:D}&$select=appRoleId,resourceId", token, either.Token);
            return Read(person, await account.ConfigureAwait(false), await roles.ConfigureAwait(false));
        }
        catch (Exception unanswered) when (unanswered is HttpRequestException or JsonException
            || (unanswered is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            log.DirectoryUnreachable(unanswered, person.ToString());
            return (ApproverStanding.Unknown, null);
        }
    }

    private (ApproverStanding Standing, string? Name) Read(PersonId person, JsonElement? account, JsonElement? roles)
    {
        if (account is not { } user || roles is not { } assignments || !Is(user, "id", person.Value))
        {
            return (ApproverStanding.NotApprover, null);
        }

        var name = user.TryGetProperty("displayName", out var shown) && shown.ValueKind == JsonValueKind.String ? shown.GetString() : null;
        var standing =
            !user.TryGetProperty("accountEnabled", out var enabled) || enabled.ValueKind != JsonValueKind.True ? ApproverStanding.Disabled
            : !user.TryGetProperty("userType", out var type) || type.ValueKind != JsonValueKind.String || !type.ValueEquals("Member") ? ApproverStanding.Guest
            : assignments.TryGetProperty("value", out var list) && list.ValueKind == JsonValueKind.Array
                && list.EnumerateArray().Any(each => Is(each, "resourceId", options.ResourceId) && Is(each, "appRoleId", options.RoleId)) ? ApproverStanding.Approver
            : ApproverStanding.NotApprover;
        return (standing, name);
    }

    private static bool Is(JsonElement item, string name, Guid id) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.TryGetGuid(out var found) && found == id;

    /// <returns>Null for what does not exist.</returns>
    private async Task<JsonElement?> Get(string path, string? token, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(options.GraphAddress, path));
        if (token is not null)
        {
            request.Headers.Authorization = new("Bearer", token);
        }

        using var answer = await http.SendAsync(request, cancellation).ConfigureAwait(false);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        answer.EnsureSuccessStatusCode();
        var json = await answer.Content.ReadFromJsonAsync(ApproverJson.Default.JsonElement, cancellation).ConfigureAwait(false);
        return json.ValueKind == JsonValueKind.Object ? json : throw new JsonException("An object was expected.");
    }

    private sealed record Answer(ApproverStanding Standing, string? Name, DateTimeOffset Until);
}

[System.Text.Json.Serialization.JsonSerializable(typeof(JsonElement))]
internal sealed partial class ApproverJson : System.Text.Json.Serialization.JsonSerializerContext;
