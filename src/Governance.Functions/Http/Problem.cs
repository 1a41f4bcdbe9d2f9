using System.Text.Json.Serialization;

namespace Governance.Functions.Http;

/// <summary>The body of every error answer: RFC 9457 problem details with the members that clients of Governance depend on.</summary>
/// <param name="Type">Always <c>about:blank</c>; the kind of problem is <paramref name="Code"/>.</param>
/// <param name="Title">The status' reason phrase.</param>
/// <param name="Status">The HTTP status, 400 to 599.</param>
/// <param name="Code">Stable, UPPER_SNAKE.</param>
/// <param name="Detail">One sentence a person can act on; says nothing about the inside of the app for 500 and 503.</param>
/// <param name="CorrelationId">The id of the request, as <c>X-Correlation-Id</c> carries it.</param>
/// <param name="Errors">One entry for each thing that is wrong with the request; left out where there is none.</param>
internal sealed record Problem(
    string Type,
    string Title,
    int Status,
    string Code,
    string Detail,
    string CorrelationId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<FieldError>? Errors);

/// <summary>One thing that is wrong with a request.</summary>
/// <param name="Field">Where: a path into the body such as <c>scope.rings.LAB.group_ids[2]</c>, a query parameter's or a header's name, or <c>body</c>.</param>
/// <param name="Message">What is expected there.</param>
internal sealed record FieldError(string Field, string Message);
