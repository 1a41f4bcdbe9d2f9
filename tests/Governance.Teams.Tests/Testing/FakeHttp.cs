using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Governance.Teams.Connector;

namespace Governance.Teams.Tests.Testing;

/// <summary>Answers HTTP as a test says, and keeps what was asked.</summary>
internal sealed class FakeHttp(Func<HttpRequestMessage, string, HttpResponseMessage> answer) : HttpMessageHandler
{
    public ConcurrentQueue<(HttpMethod Method, Uri Address, string Body, string? Token)> Asked { get; } = new();

    public HttpClient Client => new(this, disposeHandler: false);

    public static HttpResponseMessage Json(string json, HttpStatusCode status = HttpStatusCode.OK) => new(status) { Content = new StringContent(json, Encoding.UTF8, "application/json") };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? string.Empty : await request.Content.ReadAsStringAsync(cancellationToken);
        Asked.Enqueue((request.Method, request.RequestUri!, body, request.Headers.Authorization?.Parameter));
        cancellationToken.ThrowIfCancellationRequested();
        var response = answer(request, body);
        response.RequestMessage ??= request;
        return response;
    }
}

internal sealed class NoTokens : IAccessTokens
{
    public ValueTask<string?> Get(string scope, CancellationToken cancellation) => new($"token for {scope}");
}

internal sealed class FailingTokens : IAccessTokens
{
    public ValueTask<string?> Get(string scope, CancellationToken cancellation) => throw new HttpRequestException("none");
}
