namespace Governance.Intune.Tests.Support;

/// <summary>Ends an attempt at one of its calls, as a killed process ends it: nothing after it runs.</summary>
/// <param name="at">The call, from 1.</param>
/// <param name="sent">Whether that call still reaches the other side.</param>
internal sealed class Kill(int at, bool sent) : DelegatingHandler(new SocketsHttpHandler())
{
    private int _calls;

    public CancellationTokenSource Dead { get; } = new();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (++_calls < at)
        {
            return await base.SendAsync(request, cancellationToken);
        }

        if (_calls == at && sent)
        {
            using var carriedOut = await base.SendAsync(request, CancellationToken.None);
        }

        await Dead.CancelAsync();
        throw new OperationCanceledException(Dead.Token);
    }

    protected override void Dispose(bool disposing)
    {
        Dead.Dispose();
        base.Dispose(disposing);
    }
}
