using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Governance.Local.Intune;

/// <summary>One change that waits for a second person.</summary>
internal sealed class FiledRequest
{
    public required Guid Code { get; init; }

    public required string Method { get; init; }

    public required string Path { get; init; }

    public required string BodyHash { get; init; }

    public required string Justification { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>needsApproval, approved, rejected, cancelled, completed or expired.</summary>
    public string Status { get; set; } = "needsApproval";
}

/// <summary>The tenant's own second approval: files held changes, and lets the identical change through once a person has approved.</summary>
internal sealed partial class ApprovalDesk(SimulatedTenant tenant)
{
    private readonly Lock _gate = new();
    private readonly List<FiledRequest> _requests = [];

    public IReadOnlyList<FiledRequest> Requests
    {
        get
        {
            lock (_gate)
            {
                Expire();
                return [.. _requests];
            }
        }
    }

    /// <summary>A person decides in Intune's portal.</summary>
    /// <returns>False where nothing waits under that code.</returns>
    public bool Decide(Guid code, bool approve)
    {
        lock (_gate)
        {
            if (_requests.Find(r => r.Code == code && r.Status == "needsApproval") is not { } request)
            {
                return false;
            }

            request.Status = approve ? "approved" : "rejected";
            return true;
        }
    }

    /// <returns>The answer in place of carrying the change out; null to go on.</returns>
    public SimulatedReply? Hold(SimulatedCall call)
    {
        if (tenant.Options.Approval is not { } policy || !IsHeld(call, policy))
        {
            return null;
        }

        var body = Convert.ToHexStringLower(SHA256.HashData(call.Body));
        lock (_gate)
        {
            Expire();
            if (call.ApprovalCode is { } code)
            {
                return Complete(call, code, body);
            }

            if (call.Justification is null)
            {
                return SimulatedReply.IntuneError(
                    call, 400, "BadRequest", "Header 'x-msft-approval-justification' is required to request approval", tenant.Now);
            }

            if (Decode(call.Justification) is not { Length: > 0 and <= 1024 } justification)
            {
                return SimulatedReply.IntuneError(call, 400, "BadRequest", "The header 'x-msft-approval-justification' is not valid", tenant.Now);
            }

            if (_requests.Exists(r => r.Path == call.Path && r.Status is "needsApproval" or "approved"))
            {
                return SimulatedReply.IntuneError(call, 409, "Conflict", "An active approval request exists for this object", tenant.Now);
            }

            var filed = new FiledRequest
            {
                Code = tenant.Dice.Id(),
                Method = call.Method,
                Path = call.Path,
                BodyHash = body,
                Justification = justification,
                ExpiresAt = tenant.Now + policy.ExpiresAfter,
            };
            _requests.Add(filed);
            return SimulatedReply.IntuneError(
                call, policy.FiledStatus, "ApprovalRequired", $"Approval is required; the request was filed. x-msft-approval-code: {filed.Code}", tenant.Now) with
            {
                Headers = [new("x-msft-approval-code", filed.Code.ToString())],
            };
        }
    }

    /// <summary><c>GET /beta/deviceManagement/operationApprovalRequests</c>.</summary>
    public SimulatedReply List(SimulatedCall call)
    {
        var wanted = call.Query("$filter") is { } filter && RequestFilter().Match(filter) is { Success: true } match ? match.Groups[1].Value : null;
        var found = Requests.Where(r => wanted is null || r.Code.ToString() == wanted).ToArray();
        return SimulatedReply.Json(200, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("value");
            foreach (var request in found)
            {
                writer.WriteStartObject();
                writer.WriteString("id", request.Code);
                writer.WriteString("requestId", request.Code.ToString());
                writer.WriteString("status", request.Status);
                writer.WriteString("requestJustification", request.Justification);
                writer.WriteString("expirationDateTime", request.ExpiresAt.UtcDateTime);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    private void Expire()
    {
        foreach (var late in _requests.Where(r => r.Status is "needsApproval" or "approved" && r.ExpiresAt <= tenant.Now))
        {
            late.Status = "expired";
        }
    }

    private SimulatedReply? Complete(SimulatedCall call, string code, string body)
    {
        var filed = _requests.Find(r => r.Code.ToString().Equals(code, StringComparison.OrdinalIgnoreCase));
        if (filed is null || filed.Status != "approved" || filed.Method != call.Method || filed.Path != call.Path || filed.BodyHash != body)
        {
            return filed?.Status == "needsApproval"
                ? SimulatedReply.IntuneError(call, 409, "Conflict", "An active approval request exists for this object", tenant.Now)
                : SimulatedReply.IntuneError(call, 403, "Forbidden", "The approval code is not valid for this request", tenant.Now);
        }

        filed.Status = "completed";
        return null;
    }

    private static bool IsHeld(SimulatedCall call, ApprovalPolicy policy) => (call.Method, call.Segments) switch
    {
        ("PATCH", [_, "deviceAppManagement", "mobileApps", _]) => true,
        ("DELETE", [_, "deviceAppManagement", "mobileApps", _]) => true,
        ("POST", [_, "deviceAppManagement", "mobileApps", _, "assign"]) => true,
        ("POST" or "PATCH" or "DELETE", [_, "deviceAppManagement", "mobileApps", _, "assignments", ..]) => true,
        ("POST", [_, "deviceAppManagement", "mobileApps"]) => policy.HoldCreation,
        _ => false,
    };

    private static string? Decode(string base64)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(base64));
        }
        catch (FormatException)
        {
            // Answered as a header that is not valid.
            return null;
        }
    }

    [GeneratedRegex("requestId eq '([^']+)'", RegexOptions.CultureInvariant)]
    private static partial Regex RequestFilter();
}
