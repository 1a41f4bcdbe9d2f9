using Governance.Core;
using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Governance.Functions.SignIn;
using Microsoft.AspNetCore.Http;

namespace Governance.Functions.Tests.Testing;

/// <summary>A small subject with one function of each kind.</summary>
internal static class Samples
{
    private static readonly HttpDocs Docs = new("A sample.");

    public static IEnumerable<Function> All =>
    [
        Function.Get("GetSample", "samples/{id}", Access.AnyRole, request => Text(request.Id<CorrelationId>().ToString()), Docs),
        Function.Get("ListSamples", "samples", Access.AnyRole, input => (input.Query.Ring("ring"), input.Paging()), List, Docs with { Paged = true }),
        Function.Get("GetLatestSample", "samples/latest", Access.To(Roles.Auditor | Roles.PlatformAdmin), request => Text(request.Caller.Actor.ToString()), Docs),
        Function.Post("CreateSample", "samples", Access.To(Roles.Publisher), Sample.Parse, Create, Docs),
        Function.Post("StoreSample", "samples/store", Access.To(Roles.Publisher), input => input.Body.OptionalText("name", 10) ?? "none", (_, name) => Text(name), Docs, FunctionGroup.Evidence, BodyLimit.Evidence),
        Function.PostBytes("TakeBytes", "samples/bytes", Access.Teams, (_, bytes) => Text(Digest.Of(bytes.Span).ToString()), Docs),
    ];

    public static Task<IResult> Text(string text) => Task.FromResult(Results.Text(text));

    private static Task<IResult> List(ApiRequest request, (Ring? Ring, Page Page) input) =>
        Text($"{input.Ring} {input.Page.Limit} {input.Page.Cursor ?? "first"} {input.Page.Next("after-7")}");

    private static Task<IResult> Create(ApiRequest request, Sample sample) => Text(sample.ToString());
}

internal sealed record Sample(string Name, Ring Ring, long Count, string? Key, Digest? Seen, TimeSpan Wait, int Groups)
{
    public static Sample Parse(Input input) => new(
        input.Body.Text("name", max: 20),
        input.Body.Ring("ring"),
        input.Body.OptionalInteger("count", 0, 10) ?? 0,
        input.IdempotencyKey(),
        input.IfMatch(),
        input.Wait(),
        input.Body.OptionalObject("scope")?.Object("rings").Members().Sum(ring => ring.Value.ParsedList<PersonId>("group_ids", 3, "a UUID").Length) ?? 0);
}
