using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Governance.IntegrationTests;

/// <summary>Stands between the app and its storage and can stop passing anything on, as a storage does that hangs: connections stay open, and nothing is answered.</summary>
internal sealed partial class StorageRelay : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<TcpListener> _listeners = [];
    private volatile TaskCompletionSource _flows = Open();

    /// <param name="connectionString">Of the storage itself.</param>
    public StorageRelay(string connectionString) => ConnectionString = Endpoints().Replace(connectionString, match =>
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _listeners.Add(listener);
        _ = Accept(listener, int.Parse(match.Groups["port"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture));
        return $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/";
    });

    /// <summary>Of the storage as it is reached through here.</summary>
    public string ConnectionString { get; }

    /// <summary>Passes nothing on from now on.</summary>
    public void Freeze() => _flows = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Passes on what was held back, and all that comes.</summary>
    public void Thaw() => _flows.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        Thaw();
        await _stop.CancelAsync();
        _listeners.ForEach(listener => listener.Dispose());
        _stop.Dispose();
    }

    private static TaskCompletionSource Open()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }

    private async Task Accept(TcpListener listener, int port)
    {
        var stop = _stop.Token;
        try
        {
            while (true)
            {
                var app = await listener.AcceptSocketAsync(stop);
                _ = Pass(app, port, stop);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The relay has ended.
        }
    }

    private async Task Pass(Socket app, int port, CancellationToken stop)
    {
        using var from = app;
        using var to = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        app.NoDelay = true;
        try
        {
            await to.ConnectAsync(IPAddress.Loopback, port, stop);
            await Task.WhenAny(Copy(from, to, stop), Copy(to, from, stop));
        }
        catch (SocketException)
        {
            // Whoever asked sees the end of the connection.
        }
    }

    private async Task Copy(Socket from, Socket to, CancellationToken stop)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, stop) is > 0 and var read)
            {
                await _flows.Task.WaitAsync(stop);
                for (var sent = 0; sent < read;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), stop);
                }
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One side has ended; the other follows.
        }
    }

    [GeneratedRegex("http://127\\.0\\.0\\.1:(?<port>[0-9]+)/")]
    private static partial Regex Endpoints();
}
