using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using Google.Protobuf;

namespace Governance.Durable.FunctionsHost;

/// <summary>Unary gRPC calls of a host's <c>TaskHubSidecarService</c>: one framed message each way over cleartext HTTP/2.</summary>
/// <param name="http">Speaks HTTP/2 without being told by the server that it may.</param>
internal sealed class GrpcCalls(HttpClient http)
{
    private const int Prefix = 5;
    private const int Unavailable = 14;

    /// <summary>Calls a method.</summary>
    /// <exception cref="HttpRequestException">Nobody is there, or what answers does not speak gRPC.</exception>
    /// <exception cref="GrpcStatusException">The method ended with another status than 0.</exception>
    internal async Task<TReply> Call<TReply>(HubBinding hub, string method, IMessage request, MessageParser<TReply> parser, CancellationToken cancellation)
        where TReply : IMessage<TReply>
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(hub.Rpc!, $"/TaskHubSidecarService/{method}"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(Framed(request)) { Headers = { ContentType = new("application/grpc") } },
        };
        message.Headers.TE.Add(new("trailers"));
        Tell(message, "Durable-TaskHub", hub.HubName);
        Tell(message, "Durable-ConnectionName", hub.ConnectionName);
        using var answer = await http.SendAsync(message, cancellation).ConfigureAwait(false);
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            throw new HttpRequestException($"The task hub answered {(int)answer.StatusCode} to {method}.", null, answer.StatusCode);
        }

        var body = await answer.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
        Judge(answer, method);
        return parser.ParseFrom(Unframed(body, method));
    }

    private static void Tell(HttpRequestMessage message, string name, string? value)
    {
        if (value is not null)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }
    }

    private static byte[] Framed(IMessage message)
    {
        var frame = new byte[Prefix + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - Prefix);
        message.WriteTo(frame.AsSpan(Prefix));
        return frame;
    }

    private static ReadOnlySpan<byte> Unframed(byte[] body, string method) =>
        body.Length >= Prefix && body[0] == 0 && BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(1)) == body.Length - Prefix
            ? body.AsSpan(Prefix)
            : throw new HttpRequestException($"The task hub's answer to {method} is no gRPC message.");

    // The status is in the trailers, or among the headers where there is no body.
    private static void Judge(HttpResponseMessage answer, string method)
    {
        var said = Header(answer, "grpc-status") ?? throw new HttpRequestException($"The task hub's answer to {method} has no gRPC status.");
        var status = int.TryParse(said, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
        if (status == Unavailable)
        {
            throw new HttpRequestException($"The task hub is not available for {method}: {Message(answer)}");
        }

        if (status != 0)
        {
            throw new GrpcStatusException(method, status, Message(answer));
        }
    }

    private static string Message(HttpResponseMessage answer) => Uri.UnescapeDataString(Header(answer, "grpc-message") ?? string.Empty);

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.TrailingHeaders.TryGetValues(name, out var trailers) ? trailers.First()
        : answer.Headers.TryGetValues(name, out var headers) ? headers.First()
        : null;
}

/// <summary>A method ended with another status than 0.</summary>
internal sealed class GrpcStatusException(string method, int status, string message) : Exception($"{method}: {status} {message}")
{
    internal const int InvalidArgument = 3;
    internal const int NotFound = 5;
    internal const int AlreadyExists = 6;
    internal const int FailedPrecondition = 9;

    internal string Method => method;

    internal int Status => status;

    internal string Said => message;
}
