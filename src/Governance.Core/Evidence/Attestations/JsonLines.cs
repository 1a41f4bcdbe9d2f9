using System.Buffers;
using System.Text.Json;
using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Attestations;

/// <summary>JSON Lines: one value a line.</summary>
internal static class JsonLines
{
    /// <summary>Parts a file into its values; anything that is not several lines of JSON stays one, for its reader to judge.</summary>
    public static IReadOnlyList<ReadOnlySequence<byte>> Split(ReadOnlySequence<byte> bytes)
    {
        var text = JsonText.WithoutMark(bytes);
        var lines = new List<ReadOnlySequence<byte>>();
        var reader = new SequenceReader<byte>(text);
        while (lines.Count <= EvidenceLimits.PackFiles && !reader.End)
        {
            if (!reader.TryReadTo(out ReadOnlySequence<byte> line, (byte)'\n'))
            {
                line = reader.UnreadSequence;
                reader.AdvanceToEnd();
            }

            if (IsBlank(line))
            {
                continue;
            }

            // A value that is laid out over several lines is no JSON on its first.
            if (!IsValue(line))
            {
                return [bytes];
            }

            lines.Add(line);
        }

        return lines.Count is 0 or > EvidenceLimits.PackFiles ? [bytes] : lines;
    }

    private static bool IsBlank(ReadOnlySequence<byte> line)
    {
        var reader = new SequenceReader<byte>(line);
        reader.AdvancePastAny((byte)' ', (byte)'\t', (byte)'\r');
        return reader.End;
    }

    private static bool IsValue(ReadOnlySequence<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line, isFinalBlock: true, new JsonReaderState(new JsonReaderOptions { MaxDepth = EvidenceLimits.JsonDepth }));
            while (reader.Read())
            {
                // Walks to the end, where the reader has seen every token.
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
