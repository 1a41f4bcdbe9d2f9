using System.Text.Json.Nodes;
using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Microsoft.OpenApi;

namespace Governance.Functions.OpenApi;

/// <summary>Describes the HTTP functions of the catalog as OpenAPI: what the catalog says is what is served, so the two cannot part.</summary>
internal sealed class ApiDescription(FunctionCatalog catalog)
{
    private const string Bearer = "entra";
    private const string ProblemId = "Problem";

    private byte[]? _json;

    /// <summary>The document as UTF-8 JSON; made on the first call, the same bytes after it.</summary>
    public async Task<byte[]> Json(CancellationToken cancellation)
    {
        if (_json is { } known)
        {
            return known;
        }

        using var buffer = new MemoryStream();
        await Document().SerializeAsJsonAsync(buffer, OpenApiSpecVersion.OpenApi3_1, cancellation);
        return _json = buffer.ToArray();
    }

    private OpenApiDocument Document()
    {
        var document = new OpenApiDocument
        {
            Info = new OpenApiInfo { Title = "Governance", Version = "v1", Description = "Control plane for endpoint-app deployments." },
            Paths = [],
            Components = new OpenApiComponents
            {
                Schemas = new Dictionary<string, IOpenApiSchema> { [ProblemId] = ProblemSchema() },
                SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
                {
                    [Bearer] = new OpenApiSecurityScheme
                    {
                        Type = SecuritySchemeType.Http,
                        Scheme = "bearer",
                        BearerFormat = "JWT",
                        Description = "An Entra ID access token with an app role.",
                    },
                },
            },
        };
        foreach (var route in catalog.On<HttpTrigger>().Where(function => !function.Trigger.ForBrowsers).GroupBy(function => function.Trigger.FullRoute, StringComparer.Ordinal).OrderBy(route => route.Key, StringComparer.Ordinal))
        {
            var path = new OpenApiPathItem();
            foreach (var (name, trigger) in route)
            {
                path.AddOperation(HttpMethod.Parse(trigger.Method), Operation(name, trigger, document));
            }

            document.Paths.Add($"/{route.Key}", path);
        }

        return document;
    }

    private static OpenApiOperation Operation(string name, HttpTrigger trigger, OpenApiDocument document)
    {
        var docs = trigger.Docs;
        var operation = new OpenApiOperation
        {
            OperationId = name,
            Summary = docs.Summary,
            Description = AccessIn(trigger.Access),
            Tags = new HashSet<OpenApiTagReference>(),
            Parameters = [.. Parameters.Of(trigger)],
            Responses = new OpenApiResponses { [StatusText(docs.Status)] = Success(docs) },
        };
        if (docs.Request is { } request)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = Media(request) },
            };
        }

        foreach (var (status, codes) in ErrorCodes.Of(trigger))
        {
            operation.Responses[StatusText(status)] = Error(status, codes, document);
        }

        if (trigger.Access.Kind == AccessKind.SignedIn)
        {
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] }];
        }

        return operation;
    }

    private static string AccessIn(Access access) => access.Kind switch
    {
        AccessKind.Anonymous => "Open.",
        AccessKind.Teams => "Called by Teams, which proves itself.",
        AccessKind.LocalMachine => "Only on the machine itself, in development mode.",
        _ => $"Needs the role {string.Join(" or ", SignIn.RoleNames.Names(access.Roles))}.",
    };

    private static OpenApiResponse Success(HttpDocs docs) => new()
    {
        Description = docs.Summary,
        Content = new Dictionary<string, OpenApiMediaType>
        {
            [docs.MediaType] = docs.Response is { } example ? Media(example) : new OpenApiMediaType(),
        },
    };

    private static OpenApiResponse Error(int status, IReadOnlyList<string> codes, OpenApiDocument document) => new()
    {
        Description = string.Join(", ", codes),
        Content = new Dictionary<string, OpenApiMediaType>
        {
            [Problems.MediaType] = new OpenApiMediaType
            {
                Schema = new OpenApiSchemaReference(ProblemId, document),
                Examples = codes.ToDictionary(
                    code => code,
                    IOpenApiExample (code) => new OpenApiExample { Value = ErrorCodes.Example(status, code) },
                    StringComparer.Ordinal),
            },
        },
    };

    private static OpenApiMediaType Media(string example)
    {
        var value = JsonNode.Parse(example) ?? throw new InvalidOperationException("An example is null.");
        return new() { Schema = ExampleSchema.Of(value), Example = value };
    }

    private static OpenApiSchema ProblemSchema()
    {
        var schema = ExampleSchema.Of(ErrorCodes.Example(StatusCodes.Status400BadRequest, "INVALID_REQUEST"));
        schema.Required = new HashSet<string>(["type", "title", "status", "code", "detail", "correlation_id"], StringComparer.Ordinal);
        return schema;
    }

    private static string StatusText(int status) => status.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
