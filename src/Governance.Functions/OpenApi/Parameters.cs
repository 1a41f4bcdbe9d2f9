using System.Globalization;
using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.OpenApi;

namespace Governance.Functions.OpenApi;

/// <summary>The parameters of an HTTP function outside its body.</summary>
internal static class Parameters
{
    /// <summary>Route, query and headers, in that order.</summary>
    public static IEnumerable<IOpenApiParameter> Of(HttpTrigger trigger)
    {
        foreach (var parameter in RoutePatternFactory.Parse(trigger.FullRoute).Parameters)
        {
            yield return new OpenApiParameter
            {
                Name = parameter.Name,
                In = ParameterLocation.Path,
                Required = true,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = parameter.Name == "id" ? "uuid" : null },
            };
        }

        if (trigger.Docs.Paged)
        {
            yield return new OpenApiParameter
            {
                Name = "limit",
                In = ParameterLocation.Query,
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.Integer,
                    Minimum = "1",
                    Maximum = Page.MaxLimit.ToString(CultureInfo.InvariantCulture),
                    Default = Page.DefaultLimit,
                },
            };
            yield return Text("continuation_token", "From the page before; opaque.", ParameterLocation.Query);
        }

        foreach (var (name, meaning) in trigger.Docs.Query)
        {
            yield return Text(name, meaning, ParameterLocation.Query);
        }

        foreach (var (name, meaning) in trigger.Docs.Headers)
        {
            yield return Text(name, meaning, ParameterLocation.Header);
        }
    }

    private static OpenApiParameter Text(string name, string meaning, ParameterLocation where) => new()
    {
        Name = name,
        In = where,
        Description = meaning,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };
}
