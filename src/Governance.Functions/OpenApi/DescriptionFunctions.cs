using Governance.Functions.Hosting;

namespace Governance.Functions.OpenApi;

/// <summary>The API's description of itself.</summary>
internal static class DescriptionFunctions
{
    /// <summary>The functions of this subject.</summary>
    public static IEnumerable<Function> All =>
    [
        Function.Get("DescribeApi", "/openapi/v1.json", Access.Anonymous, Describe, new("This description, as OpenAPI 3.1.")),
    ];

    private static async Task<IResult> Describe(ApiRequest request)
    {
        var description = await request.Service<ApiDescription>().Json(request.Cancellation);
        return Results.Bytes(description, "application/json");
    }
}
