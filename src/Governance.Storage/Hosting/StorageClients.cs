using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Governance.Storage.Tables;

namespace Governance.Storage.Hosting;

/// <summary>One client per storage service, all over the same pool of connections. Made once.</summary>
public sealed class StorageClients : IDisposable
{
    // Enough for the outbox and a burst of requests; a single storage partition answers no faster beyond it.
    private const int Connections = 256;

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        MaxConnectionsPerServer = Connections,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = TimeSpan.FromSeconds(5),
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
    })
    {
        // Each try has its own timeout in the pipeline.
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private readonly StorageOptions _options;

    /// <param name="options">Which account.</param>
    /// <exception cref="ArgumentException">The options contradict themselves; the message has every problem.</exception>
    public StorageClients(StorageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Problems() is { Count: > 0 } problems)
        {
            throw new ArgumentException(string.Join(" ", problems), nameof(options));
        }

        _options = options;
        var transport = new HttpClientTransport(_http);
        var (tables, blobs, queues) = (
            Set(new TableClientOptions(), transport, "table"), Set(new BlobClientOptions(), transport, "blob"), Set(new QueueClientOptions(), transport, "queue"));
        queues.MessageEncoding = QueueMessageEncoding.Base64;
        (Tables, Blobs, Queues) = options.ConnectionString is { } text
            ? (new TableServiceClient(text, tables), new BlobServiceClient(text, blobs), new QueueServiceClient(text, queues))
            : (new TableServiceClient(Endpoint(options.AccountName, "table"), options.Credential!, tables),
                new BlobServiceClient(Endpoint(options.EvidenceAccountName ?? options.AccountName, "blob"), options.Credential!, blobs),
                new QueueServiceClient(Endpoint(options.QueueAccountName ?? options.AccountName, "queue"), options.Credential!, queues));
    }

    /// <summary>The table service.</summary>
    public TableServiceClient Tables { get; }

    /// <summary>The blob service.</summary>
    public BlobServiceClient Blobs { get; }

    /// <summary>The queue service; messages are base64, as the Functions host reads them.</summary>
    public QueueServiceClient Queues { get; }

    /// <summary>Whether the account is the emulator on this machine.</summary>
    public bool IsEmulator => Blobs.Uri.IsLoopback;

    /// <summary>A table of this installation.</summary>
    /// <param name="name">Without the prefix.</param>
    public TableClient Table(string name) => Tables.GetTableClient(_options.Prefix + name);

    /// <summary>A container of this installation.</summary>
    /// <param name="name">Without the prefix.</param>
    public BlobContainerClient Container(string name) => Blobs.GetBlobContainerClient(_options.Prefix + name);

    /// <summary>A queue of this installation.</summary>
    /// <param name="name">Without the prefix.</param>
    public QueueClient Queue(string name) => Queues.GetQueueClient(_options.Prefix + name);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private T Set<T>(T options, HttpPipelineTransport transport, string service)
        where T : ClientOptions
    {
        options.Transport = transport;
        options.Retry.Mode = RetryMode.Exponential;
        options.Retry.MaxRetries = _options.Retries;
        options.Retry.Delay = TimeSpan.FromMilliseconds(200);
        options.Retry.MaxDelay = TimeSpan.FromSeconds(5);
        options.Retry.NetworkTimeout = _options.TryTimeout;
        options.AddPolicy(new StorageOperations(service), HttpPipelinePosition.PerCall);
        return options;
    }

    private Uri Endpoint(string? account, string service) => new($"https://{account}.{service}.{_options.EndpointSuffix}");
}
