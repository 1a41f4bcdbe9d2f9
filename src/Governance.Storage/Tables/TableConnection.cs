using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;

namespace Governance.Storage.Tables;

/// <summary>One account's table service: its address, its pipeline and the reading of its errors. Shared by all clients made from one service client.</summary>
internal sealed class TableConnection
{
    private static readonly HashSet<int> Races = [404, 409, 412];
    private readonly HttpPipeline _pipeline;
    private readonly string _version;

    public TableConnection(Uri endpoint, HttpPipelinePolicy authentication, string version, TableClientOptions options)
    {
        Endpoint = new Uri(endpoint.AbsoluteUri.TrimEnd('/'));
        _version = version;
        _pipeline = HttpPipelineBuilder.Build(options, [], [authentication], new RacesAreNoErrors());
    }

    /// <summary>No slash at the end.</summary>
    public Uri Endpoint { get; }

    /// <summary>A request with the headers that all have.</summary>
    /// <param name="method">The verb.</param>
    /// <param name="path">After the endpoint, percent-encoded, no slash in front.</param>
    public HttpMessage Create(RequestMethod method, string path)
    {
        var message = _pipeline.CreateMessage();
        var request = message.Request;
        request.Method = method;
        request.Uri.Reset(Endpoint);
        request.Uri.AppendPath("/" + path, escape: false);
        request.Headers.Add("x-ms-version", _version);
        request.Headers.Add("DataServiceVersion", "3.0");
        request.Headers.Add("Accept", "application/json;odata=minimalmetadata");
        return message;
    }

    /// <summary>Sends, with the retries that the options ask for; every answer comes back, the unanswered is an exception.</summary>
    /// <exception cref="RequestFailedException">No answer at all, or no token to ask with; its status is 0.</exception>
    public async ValueTask Send(HttpMessage message, CancellationToken cancellation)
    {
        try
        {
            await _pipeline.SendAsync(message, cancellation);
        }
        catch (AggregateException tries) when (tries.InnerExceptions.Count > 0)
        {
            throw new RequestFailedException(0, $"{Name(message)} was not answered.", null, tries);
        }
        catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            throw new RequestFailedException(0, $"{Name(message)} was not answered in time.", null, late);
        }
        catch (AuthenticationFailedException refused)
        {
            throw new RequestFailedException(0, $"{Name(message)} was not sent: there is no token for it. {refused.Message}", null, refused);
        }
    }

    /// <summary>The request's first answer may have been lost, so that a conflict may be its own success.</summary>
    public static bool IsAfterRetry(HttpMessage message) => message.ProcessingContext.RetryNumber > 0;

    /// <summary>The one place that reads conflict codes; null for any other status.</summary>
    public static TableConflict? ConflictOf(int status) => status switch
    {
        404 => TableConflict.Missing,
        409 => TableConflict.AlreadyExists,
        412 => TableConflict.Changed,
        _ => null,
    };

    /// <summary>What an answer that nobody expected is turned into; names account, table and row, never a key or a body.</summary>
    public static RequestFailedException Unexpected(HttpMessage message) => Unexpected(message, message.Response.Status, TableErrors.Read(message.Response));

    /// <inheritdoc cref="Unexpected(HttpMessage)"/>
    public static RequestFailedException Unexpected(HttpMessage message, int status, (string? Code, string? Text) error) =>
        new(status, $"{Name(message)} was answered {status} {error.Code}: {error.Text}", error.Code, null);

    private static string Name(HttpMessage message) =>
        $"{message.Request.Method} {message.Request.Uri.Host}{Uri.UnescapeDataString(message.Request.Uri.ToUri().AbsolutePath)}";

    private sealed class RacesAreNoErrors : ResponseClassifier
    {
        public override bool IsErrorResponse(HttpMessage message) =>
            !Races.Contains(message.Response.Status) && base.IsErrorResponse(message);
    }
}
