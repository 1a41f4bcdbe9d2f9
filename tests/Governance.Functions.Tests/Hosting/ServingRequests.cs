using System.Net;
using Governance.Functions.Hosting;
using Governance.Functions.SignIn;
using Governance.Functions.Tests.Testing;
using Microsoft.AspNetCore.Http;

namespace Governance.Functions.Tests.Hosting;

public sealed class ServingRequests : IAsyncLifetime
{
    private const string Id = "5f0c2f0e-6d0c-4f57-9d3e-0a4f6f6f9a11";

    private TestApp _app = null!;

    public async ValueTask InitializeAsync() => _app = await TestApp.Start(Samples.All);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Theory]
    [InlineData("/api/v1/samples/" + Id)]
    [InlineData("/api/v1/samples/" + Id + "/")]
    [InlineData("/API/v1/Samples/" + Id)]
    public async Task A_slash_at_the_end_makes_no_difference(string path)
    {
        using var answer = await _app.Get(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(Id, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_literal_route_wins_over_an_id()
    {
        using var answer = await _app.Get("/api/v1/samples/latest/");
        Assert.Equal($"user:{TestApp.Alice}", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/api/v1/nothing")]
    [InlineData("/")]
    [InlineData("/api/v1/samples/not-a-uuid")]
    [InlineData("/api/v1/samples/00000000-0000-0000-0000-000000000000")]
    [InlineData("/api/v1/samples/%ff%fe")]
    [InlineData("/api/v1/samples/%zz")]
    public async Task What_does_not_exist_is_404(string path)
    {
        using var answer = await _app.Get(path);
        Assert.Equal("NOT_FOUND", (await answer.Problem(404)).Code);
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    [InlineData("POST")]
    public async Task A_wrong_method_is_405_and_names_the_right_one(string method)
    {
        using var answer = await _app.Client.SendAsync(_app.Request(new HttpMethod(method), $"/api/v1/samples/{Id}"));
        Assert.Equal("METHOD_NOT_ALLOWED", (await answer.Problem(405)).Code);
        Assert.Equal(["GET"], answer.Content.Headers.Allow);
    }

    [Fact]
    public async Task Every_answer_has_the_security_headers()
    {
        foreach (var path in new[] { $"/api/v1/samples/{Id}", "/nothing", "/health/live" })
        {
            using var answer = await _app.Get(path);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
            Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.False(answer.Headers.Contains("Server"));
        }
    }

    [Theory]
    [InlineData("run-17.4_a:b/c")]
    [InlineData("x")]
    public async Task The_callers_correlation_id_comes_back(string id)
    {
        var request = _app.Request(HttpMethod.Get, "/nothing");
        request.Headers.TryAddWithoutValidation("X-Correlation-Id", id);
        using var answer = await _app.Client.SendAsync(request);
        await answer.Problem(404);
        Assert.Equal(id, answer.Headers.GetValues("X-Correlation-Id").Single());
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("<script>")]
    [InlineData("")]
    public async Task A_correlation_id_that_cannot_stand_in_a_log_is_refused(string id)
    {
        var request = _app.Request(HttpMethod.Get, "/health/live");
        request.Headers.TryAddWithoutValidation("X-Correlation-Id", id);
        using var answer = await _app.Client.SendAsync(request);
        Assert.Equal(("INVALID_REQUEST", "X-Correlation-Id"), await answer.Problem(400) is var (code, fields) ? (code, fields.Single()) : default);
        Assert.True(Guid.TryParse(answer.Headers.GetValues("X-Correlation-Id").Single(), out _));
    }

    [Fact]
    public async Task A_correlation_id_of_129_characters_is_refused_and_one_of_128_is_not()
    {
        foreach (var (length, status) in new[] { (128, 200), (129, 400) })
        {
            var request = _app.Request(HttpMethod.Get, "/health/live");
            request.Headers.TryAddWithoutValidation("X-Correlation-Id", new string('a', length));
            using var answer = await _app.Client.SendAsync(request);
            Assert.Equal(status, (int)answer.StatusCode);
        }
    }

    [Fact]
    public async Task Bytes_reach_their_function_as_they_are()
    {
        using var answer = await _app.Client.PostAsync("/api/v1/samples/bytes", new ByteArrayContent([0xff, 0x00, 0x7b]));
        Assert.Equal(Core.Digest.Of([0xff, 0x00, 0x7b]).ToString(), await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public void Every_endpoint_is_a_function_of_the_catalog()
    {
        var catalog = (FunctionCatalog)_app.Services.GetService(typeof(FunctionCatalog))!;
        var endpoints = ((IEnumerable<Microsoft.AspNetCore.Routing.EndpointDataSource>)_app.Services.GetService(typeof(IEnumerable<Microsoft.AspNetCore.Routing.EndpointDataSource>))!)
            .SelectMany(source => source.Endpoints).ToList();
        Assert.Equal(catalog.On<HttpTrigger>().Count(), endpoints.Count);
        Assert.All(endpoints, endpoint => Assert.NotNull(endpoint.Metadata.GetMetadata<FunctionMetadata>()));
    }
}
