using Azure.Core.Pipeline;
using Governance.Storage.Tables;

namespace Governance.Storage.Tests.Streams;

/// <summary>A connection to the emulator whose replies can be lost after the request was carried out.</summary>
internal sealed class FaultyConnection() : DelegatingHandler(new SocketsHttpHandler())
{
    private int _lose;
    private int _loseWrites;

    /// <summary>Called with each transaction after it was carried out and before its reply is lost.</summary>
    public Func<Task>? BeforeLoss { get; set; }

    /// <summary>Called before each write is sent.</summary>
    public Action? OnWrite { get; set; }

    /// <summary>The replies of the next so many transactions never arrive.</summary>
    public void LoseReplies(int count) => _lose = count;

    /// <summary>The replies of the next so many updates of a single row never arrive.</summary>
    public void LoseUpdates(int count) => _loseWrites = count;

    public TableServiceClient Connect(string connectionString)
    {
        var options = new TableClientOptions { Transport = new HttpClientTransport(new HttpClient(this)) };
        options.Retry.Delay = TimeSpan.Zero;
        options.Retry.MaxDelay = TimeSpan.Zero;
        return new TableServiceClient(connectionString, options);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method != HttpMethod.Get && request.Method != HttpMethod.Head)
        {
            OnWrite?.Invoke();
        }

        var answer = await base.SendAsync(request, cancellationToken);
        var transaction = request.Method == HttpMethod.Post && request.RequestUri!.AbsolutePath.EndsWith("$batch", StringComparison.Ordinal);
        var lost = transaction ? Interlocked.Decrement(ref _lose) >= 0 : request.Method == HttpMethod.Put && Interlocked.Decrement(ref _loseWrites) >= 0;
        if (!lost)
        {
            return answer;
        }

        answer.Dispose();
        if (BeforeLoss is { } meanwhile)
        {
            BeforeLoss = null;
            await meanwhile();
        }

        throw new HttpRequestException("The reply was lost.");
    }
}
