using System.Globalization;

namespace Governance.Local.Intune;

/// <summary>From a request to its endpoint. OData's paths don't fit route templates, so they are matched by segment.</summary>
internal sealed class GraphRouter
{
    private readonly SimulatedTenant _tenant;
    private readonly Throttle _throttle;
    private readonly ApprovalDesk _approvals;
    private readonly AppEndpoints _apps;
    private readonly ContentEndpoints _content;
    private readonly AssignmentEndpoints _assignments;
    private readonly RelationshipEndpoints _relationships;
    private readonly GroupEndpoints _groups;
    private readonly ReportEndpoints _reports;
    private readonly BlobEndpoint _blobs;

    public GraphRouter(SimulatedTenant tenant, ApprovalDesk approvals)
    {
        _tenant = tenant;
        _approvals = approvals;
        _throttle = new(tenant.Options, tenant.Clock);
        _apps = new(tenant);
        _content = new(tenant);
        _assignments = new(tenant);
        _relationships = new(tenant);
        _groups = new(tenant);
        _reports = new(tenant, new DeviceEngine(tenant));
        _blobs = new(tenant);
    }

    public SimulatedReply Route(SimulatedCall call, bool corrupt) => call.Segments switch
    {
        ["blob", ..] when call.Method == "PUT" => _blobs.Put(call, corrupt),
        ["export", _] when call.Method == "GET" => _reports.Download(call),
        ["v1.0" or "beta", .. var rest] => Gate(call) ?? Graph(call, rest),
        _ => Unknown(call),
    };

    private SimulatedReply? Gate(SimulatedCall call)
    {
        if (_throttle.Refuse(call.IsWrite) is { } seconds)
        {
            return SimulatedReply.Error(call, 429, "TooManyRequests", "Too many requests.", _tenant.Now) with
            {
                Headers = [new("Retry-After", seconds.ToString(CultureInfo.InvariantCulture))],
            };
        }

        return _tenant.Options.RequireToken && call.Authorization?.StartsWith("Bearer ", StringComparison.Ordinal) != true
            ? SimulatedReply.Error(call, 401, "InvalidAuthenticationToken", "Access token is empty.", _tenant.Now)
            : _approvals.Hold(call);
    }

    private SimulatedReply Graph(SimulatedCall call, string[] rest) => (call.Method, rest) switch
    {
        ("GET", ["deviceAppManagement", "mobileApps"]) => _apps.List(call),
        ("POST", ["deviceAppManagement", "mobileApps"]) => _apps.Create(call),
        ("GET", ["deviceAppManagement", "mobileApps", var cast]) when IsCast(cast) => SimulatedReply.Error(
            call, 400, "No method match route template", "No OData route exists that match template ~/singleton/navigation/cast with http verb GET.", _tenant.Now),
        (_, ["deviceAppManagement", "mobileApps", var id, .. var below]) => _tenant.Find(id) is { } app
            ? OnApp(call, app, below)
            : SimulatedReply.IntuneError(call, 404, "ResourceNotFound", "Resource does not exist.", _tenant.Now),
        ("GET", ["deviceAppManagement", "mobileAppRelationships"]) => _relationships.All(call),
        ("GET", ["deviceAppManagement", "mobileAppCategories"]) => SimulatedReply.Json(200, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("value");
            writer.WriteEndArray();
            writer.WriteEndObject();
        }),
        ("POST", ["deviceManagement", "reports", "retrieveDeviceAppInstallationStatusReport" or "microsoft.graph.retrieveDeviceAppInstallationStatusReport"]) =>
            _reports.Page(call),
        ("POST", ["deviceManagement", "reports", "exportJobs"]) => _reports.StartExport(call),
        ("GET", ["deviceManagement", "reports", "exportJobs", var id]) => _reports.Export(call, id),
        ("GET", ["deviceManagement", "reports", var keyed]) when keyed.StartsWith("exportJobs('", StringComparison.Ordinal) =>
            _reports.Export(call, keyed["exportJobs('".Length..].TrimEnd(')', '\'')),
        ("GET", ["deviceManagement", "operationApprovalRequests"]) when call.IsBeta => _approvals.List(call),
        (_, ["groups", .. var group]) => _groups.Route(call, group),
        _ => Unknown(call),
    };

    private SimulatedReply OnApp(SimulatedCall call, SimulatedApp app, string[] below)
    {
        switch (call.Method, below)
        {
            case ("GET", []):
                return _apps.Get(call, app);
            case ("GET", [var cast]) when IsCast(cast):
                return _apps.Get(call, app);
            case ("PATCH", []):
                return _apps.Patch(call, app);
            case ("DELETE", []):
                return _apps.Delete(app);
        }

        lock (app.Gate)
        {
            return (call.Method, below) switch
            {
                (_, [var cast, "contentVersions", .. var rest]) when IsCast(cast) => _content.Route(call, app, rest),
                ("GET", ["assignments"]) => AssignmentEndpoints.List(call, app),
                ("POST", ["assignments"]) => _assignments.Add(call, app),
                ("PATCH" or "DELETE", ["assignments", var id]) => _assignments.Change(call, app, id),
                ("POST", ["assign" or "microsoft.graph.assign"]) => _assignments.Replace(call, app),
                ("GET", ["relationships"]) when call.IsBeta => RelationshipEndpoints.Of(call, app),
                ("POST", ["updateRelationships"]) when call.IsBeta => _relationships.Replace(call, app),
                _ => Unknown(call, below[0]),
            };
        }
    }

    private SimulatedReply Unknown(SimulatedCall call, string? segment = null) => SimulatedReply.Error(
        call, 400, "BadRequest", $"Resource not found for the segment '{segment ?? call.Segments.LastOrDefault() ?? string.Empty}'.", _tenant.Now);

    private static bool IsCast(string segment) => segment is "graph.win32LobApp" or "microsoft.graph.win32LobApp";
}
