using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Governance.LoadTests.Fuzzing;

/// <summary>What came back.</summary>
/// <param name="Status">0 where the connection was ended without an answer.</param>
/// <param name="Headers">In order, with Latin-1 values.</param>
/// <param name="Body">All of it.</param>
/// <param name="Took">From the first byte sent to the last received.</param>
internal sealed record Answer(int Status, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body, TimeSpan Took)
{
    /// <summary>It never came: neither an answer nor an end within the patience.</summary>
    internal bool Late { get; init; }

    /// <summary>Why it cannot be read as HTTP; null where it can.</summary>
    internal string? Broken { get; init; }

    /// <summary>The body as UTF-8.</summary>
    internal string Text => Encoding.UTF8.GetString(Body);

    /// <summary>A header's first value; null where it is absent.</summary>
    internal string? Header(string name) =>
        Headers.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value).FirstOrDefault();
}

/// <summary>Sends bytes over a connection of their own and reads one answer: whatever can be written down can be sent.</summary>
internal static class RawHttp
{
    private const int MaxAnswer = 64 << 20;

    /// <summary>Sends and reads.</summary>
    /// <param name="address">The app.</param>
    /// <param name="bytes">The request.</param>
    /// <param name="piece">Bytes at once; 0 for all.</param>
    /// <param name="end">Whether to end the sending side after the last byte.</param>
    /// <param name="head">The request is a HEAD: its answer has no body, whatever its length says.</param>
    /// <param name="patience">For the whole of it.</param>
    internal static async Task<Answer> Send(Uri address, ReadOnlyMemory<byte> bytes, int piece, bool end, bool head, TimeSpan patience)
    {
        var clock = Stopwatch.StartNew();
        using var late = new CancellationTokenSource(patience);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, LingerState = new(true, 0) };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, address.Port), late.Token);
        var sending = Write(socket, bytes, piece, end, late.Token);
        try
        {
            return await new Reading(socket, head).Answer(late.Token) with { Took = clock.Elapsed };
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            return new(0, [], [], clock.Elapsed) { Late = true };
        }
        finally
        {
            // What was not taken when the answer came is not wanted.
            await late.CancelAsync();
            socket.Close();
            await sending;
        }
    }

    private static async Task Write(Socket socket, ReadOnlyMemory<byte> bytes, int piece, bool end, CancellationToken cancellation)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                var now = piece == 0 ? bytes : bytes[..Math.Min(piece, bytes.Length)];
                bytes = bytes[await socket.SendAsync(now, cancellation)..];
                if (piece > 0)
                {
                    await Task.Yield();
                }
            }

            if (end)
            {
                socket.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception refused) when (refused is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The app answered before it had read all, which is its right.
        }
    }

    private sealed class Reading(Socket socket, bool head)
    {
        private readonly ArrayBufferWriter<byte> _read = new();
        private int _at;

        internal async Task<Answer> Answer(CancellationToken cancellation)
        {
            while (true)
            {
                if (await Line(cancellation) is not { } line)
                {
                    return new(0, [], [], default);
                }

                if (line.Split(' ', 3) is not ["HTTP/1.1", var text, _] || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status))
                {
                    return new(0, [], [], default) { Broken = $"it begins with '{line}'" };
                }

                var headers = new List<(string, string)>();
                while (await Line(cancellation) is { Length: > 0 } header)
                {
                    var colon = header.IndexOf(':', StringComparison.Ordinal);
                    headers.Add(colon < 0 ? (header, string.Empty) : (header[..colon], header[(colon + 1)..].Trim()));
                }

                var answer = new Answer(status, headers, [], default);
                if (status is >= 200)
                {
                    return head || status is 204 or 304 ? answer : await Body(answer, cancellation);
                }
            }
        }

        private async Task<Answer> Body(Answer answer, CancellationToken cancellation)
        {
            if (answer.Header("Transfer-Encoding") == "chunked")
            {
                using var body = new MemoryStream();
                while (true)
                {
                    if (await Line(cancellation) is not { } size || !int.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var length)
                        || !await Has(length + 2, cancellation) || body.Length > MaxAnswer)
                    {
                        return answer with { Broken = "its chunks break off" };
                    }

                    body.Write(Take(length));
                    Take(2);
                    if (length == 0)
                    {
                        return answer with { Body = body.ToArray() };
                    }
                }
            }

            if (answer.Header("Content-Length") is null && answer.Header("Connection") == "close")
            {
                // To a client of HTTP/1.0 the end of the connection is the end of the body.
                while (await More(cancellation))
                {
                }

                return answer with { Body = Take(_read.WrittenCount - _at).ToArray() };
            }

            return !int.TryParse(answer.Header("Content-Length"), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? answer with { Broken = "it tells no length" }
                : await Has(bytes, cancellation) ? answer with { Body = Take(bytes).ToArray() }
                : answer with { Broken = "its body breaks off" };
        }

        private async Task<string?> Line(CancellationToken cancellation)
        {
            while (true)
            {
                var rest = _read.WrittenSpan[_at..];
                if (rest.IndexOf("\r\n"u8) is >= 0 and var length)
                {
                    var line = Encoding.Latin1.GetString(rest[..length]);
                    _at += length + 2;
                    return line;
                }

                if (!await More(cancellation))
                {
                    return null;
                }
            }
        }

        private async Task<bool> Has(int count, CancellationToken cancellation)
        {
            while (_read.WrittenCount - _at < count)
            {
                if (!await More(cancellation))
                {
                    return false;
                }
            }

            return true;
        }

        private ReadOnlySpan<byte> Take(int count)
        {
            var taken = _read.WrittenSpan.Slice(_at, count);
            _at += count;
            return taken;
        }

        private async Task<bool> More(CancellationToken cancellation)
        {
            try
            {
                var count = await socket.ReceiveAsync(_read.GetMemory(16 * 1024), cancellation);
                _read.Advance(count);
                return count > 0;
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }
}
