using System.Net;
using System.Text;
using Azure.Core.Pipeline;
using Governance.Storage.Tables;

namespace Governance.Storage.Tests.Tables;

/// <summary>Plays the service: each request takes the next answer of the script, or throws where the script says null.</summary>
internal sealed class ScriptedAnswers(params Func<HttpResponseMessage>?[] script) : HttpMessageHandler
{
    private int _next;

    public List<(string Method, Uri Uri, string? Authorization, string Body)> Requests { get; } = [];

    public TableClient Table(string name = "deployments", int retries = 3)
    {
        var options = new TableClientOptions { Transport = new HttpClientTransport(new HttpClient(this)) };
        options.Retry.Delay = TimeSpan.Zero;
        options.Retry.MaxDelay = TimeSpan.Zero;
        options.Retry.MaxRetries = retries;
        var key = new TableSharedKeyCredential("acct", Convert.ToBase64String("not a secret"u8));
        return new TableServiceClient(new Uri("https://acct.table.core.windows.net/"), key, options).GetTableClient(name);
    }

    public static Func<HttpResponseMessage> Answer(HttpStatusCode status, string body = "", string type = "application/json", string? etag = null) => () =>
    {
        var answer = new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, type) };
        if (etag is not null)
        {
            answer.Headers.TryAddWithoutValidation("ETag", etag);
        }

        return answer;
    };

    public static Func<HttpResponseMessage> Error(HttpStatusCode status, string code) =>
        Answer(status, $$$"""{"odata.error":{"code":"{{{code}}}","message":{"lang":"en-US","value":"Said by the service."} } }""");

    public static Func<HttpResponseMessage> Batch(params string[] parts) => Answer(
        HttpStatusCode.Accepted,
        "--batchresponse_1\r\nContent-Type: multipart/mixed; boundary=changesetresponse_1\r\n\r\n" +
        string.Concat(parts.Select(part => $"--changesetresponse_1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n{part}")) +
        "--changesetresponse_1--\r\n--batchresponse_1--\r\n",
        "text/plain");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? string.Empty : await request.Content.ReadAsStringAsync(cancellationToken);
        request.Headers.TryGetValues("Authorization", out var authorization);
        Requests.Add((request.Method.Method, request.RequestUri!, authorization?.Single(), body));
        return script[_next++] is { } answer ? answer() : throw new HttpRequestException("The connection broke.");
    }
}
