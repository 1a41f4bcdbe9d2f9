using System.Collections.Immutable;

namespace Governance.Functions.Hosting;

/// <summary>What the API description says about an HTTP function beyond what its declaration shows.</summary>
/// <param name="Summary">One sentence.</param>
/// <param name="Request">An example body as JSON; null where there is no body. The schema is read off it.</param>
/// <param name="Response">An example answer as JSON; null where the answer is no JSON.</param>
/// <param name="Status">The status of a success.</param>
internal sealed record HttpDocs(string Summary, string? Request = null, string? Response = null, int Status = 200)
{
    /// <summary>Refusals of its own, as "409 ALREADY_DECIDED"; those that every function shares are added by the description.</summary>
    public ImmutableArray<string> Refusals { get; init; } = [];

    /// <summary>Query parameters with what they mean.</summary>
    public ImmutableArray<(string Name, string Meaning)> Query { get; init; } = [];

    /// <summary>Request headers with what they mean.</summary>
    public ImmutableArray<(string Name, string Meaning)> Headers { get; init; } = [];

    /// <summary>A list: adds <c>limit</c> and <c>continuation_token</c>.</summary>
    public bool Paged { get; init; }

    /// <summary>The media type of a success that is no JSON.</summary>
    public string MediaType { get; init; } = "application/json";
}
