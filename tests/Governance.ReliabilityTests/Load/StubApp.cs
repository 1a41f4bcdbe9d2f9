using System.Net;
using System.Text;
using Governance.LoadTests.Load;
using Governance.LoadTests.Stack;

namespace Governance.ReliabilityTests.Load;

/// <summary>An app that answers what the test says.</summary>
internal sealed class StubApp(Func<HttpRequestMessage, (int Status, string Body)> answer) : HttpMessageHandler
{
    private static readonly Uri Address = new("http://app.test");

    /// <summary>What every 503 tells to wait.</summary>
    internal TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A bench whose users talk to this app.</summary>
    internal LoadBench Bench() => new(new LoadClient(Address, this), ApiCaller.With(Address, "publisher", "approver"), People.Given("publisher", "approver"), seed: 1);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var (status, body) = answer(request);
        var message = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (status == 503)
        {
            message.Headers.RetryAfter = new(RetryAfter);
        }

        return Task.FromResult(message);
    }
}
