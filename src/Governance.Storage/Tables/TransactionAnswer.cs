using System.Globalization;
using System.Text;
using Azure;

namespace Governance.Storage.Tables;

/// <summary>What the parts of a transaction's answer say. The outer status is 202 even for a failure.</summary>
/// <param name="ETags">One for each operation, in order; empty after a failure.</param>
/// <param name="Failed">The operation that failed; null when all were carried out.</param>
internal sealed record TransactionAnswer(IReadOnlyList<ETag> ETags, FailedAction? Failed)
{
    /// <exception cref="InvalidDataException">The answer has fewer parts than operations and names no failure.</exception>
    public static TransactionAnswer Read(ReadOnlyMemory<byte> body, IReadOnlyList<TableTransactionAction> actions)
    {
        var text = Encoding.UTF8.GetString(body.Span).AsSpan();
        var etags = new List<ETag>(actions.Count);
        while (NextStatus(ref text) is { } status)
        {
            // Headers until the first empty line, in whatever order and spelling the server likes.
            ETag etag = default;
            while (NextLine(ref text) is { Length: > 0 } line)
            {
                if (line.StartsWith("ETag:", StringComparison.OrdinalIgnoreCase))
                {
                    etag = new ETag(line[5..].Trim().ToString());
                }
            }

            if (status >= 300)
            {
                return new([], Failure(status, text));
            }

            etags.Add(etag);
        }

        return etags.Count == actions.Count
            ? new(etags, null)
            : throw new InvalidDataException($"A transaction of {actions.Count} operations was answered with {etags.Count} parts.");
    }

    private static int? NextStatus(ref ReadOnlySpan<char> text)
    {
        const string marker = "HTTP/1.1 ";
        var at = text.IndexOf(marker, StringComparison.Ordinal);
        if (at < 0)
        {
            return null;
        }

        text = text[(at + marker.Length)..];
        var line = NextLine(ref text);
        return int.Parse(line[..3], CultureInfo.InvariantCulture);
    }

    private static ReadOnlySpan<char> NextLine(ref ReadOnlySpan<char> text)
    {
        var end = text.IndexOf('\n');
        var line = end < 0 ? text : text[..end];
        text = end < 0 ? [] : text[(end + 1)..];
        return line.TrimEnd('\r');
    }

    private static FailedAction Failure(int status, ReadOnlySpan<char> rest)
    {
        var from = rest.IndexOf('{');
        var until = rest.LastIndexOf('}');
        var (code, message) = from >= 0 && until > from
            ? TableErrors.Read(Encoding.UTF8.GetBytes(rest[from..(until + 1)].ToString()))
            : (null, null);

        // "1:The update condition…": the index of the operation stands before the first colon.
        var colon = message?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        var index = colon > 0 && int.TryParse(message.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var named) ? named : 0;
        return new(index, status, code, message);
    }
}

/// <summary>The operation for which a transaction was not carried out.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Status">Its HTTP status.</param>
/// <param name="Code">The service's code, where it gave one.</param>
/// <param name="Text">The service's sentence, where it gave one.</param>
internal sealed record FailedAction(int Index, int Status, string? Code, string? Text);
