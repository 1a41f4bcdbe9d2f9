using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Governance.LoadTests.Fuzzing;

/// <summary>Writes valid JSON with damage in some places: in values by what they are, in names, in the structure, and in the text as a whole.</summary>
internal static class JsonDamage
{
    /// <summary>Damages in as many places as the dice say, which may be none.</summary>
    internal static byte[] Of(JsonNode valid, Dice dice)
    {
        var plan = new HashSet<int>();
        var places = Places(valid);
        for (var damages = dice.Damages(); damages > 0; damages--)
        {
            plan.Add(dice.Next(places));
        }

        var text = new StringBuilder();
        new Writer(dice, plan, text).Write(valid);
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        return dice.Chance(10) ? Whole(bytes, dice) : bytes;
    }

    /// <summary>Damages the text as a whole: where it ends, how it is encoded, what is around it.</summary>
    internal static byte[] Whole(byte[] json, Dice dice)
    {
        switch (dice.Next(13))
        {
            case 0:
                return json[..dice.Next(json.Length)];
            case 1:
                return [0xEF, 0xBB, 0xBF, .. json];
            case 2:
                return [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(json))];
            case 3:
                return Encoding.BigEndianUnicode.GetBytes(Encoding.UTF8.GetString(json));
            case 4:
                return Encoding.UTF32.GetBytes(Encoding.UTF8.GetString(json));
            case 5:
                return [.. json, .. dice.Pick<byte[]>([[0], "x"u8.ToArray(), "{}"u8.ToArray(), "//"u8.ToArray(), [0xC3]])];
            case 6:
                return [.. Encoding.ASCII.GetBytes(new string(dice.Pick([' ', '\n', '[', '{', '\0']), dice.Pick([1, 70, 100_000]))), .. json];
            case 7:
                return [];
            case 8:
                {
                    // Over-long, half and foreign encodings in the middle.
                    byte[] odd = dice.Pick<byte[]>([[0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0x80], [0xE2, 0x82], [0xF0, 0x9F, 0x98]]);
                    var at = dice.Next(json.Length);
                    return [.. json[..at], .. odd, .. json[at..]];
                }

            case 9:
                return [(byte)'[', .. json, (byte)']'];
            case 10:
                return Encoding.UTF8.GetBytes(JsonSerializer.Serialize(Encoding.UTF8.GetString(json)));
            case 11:
                return Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json).Replace('"', '\''));
            default:
                return dice.Bytes(dice.Pick([1, 10, 1000]));
        }
    }

    private static int Places(JsonNode? node) => 1 + node switch
    {
        JsonObject members => members.Sum(member => Places(member.Value)),
        JsonArray items => items.Sum(Places),
        _ => 0,
    };

    private sealed class Writer(Dice dice, HashSet<int> plan, StringBuilder text)
    {
        private int _place;

        internal void Write(JsonNode? node)
        {
            if (plan.Contains(_place++))
            {
                Damage(node);
                return;
            }

            Whole(node);
        }

        private void Whole(JsonNode? node)
        {
            switch (node)
            {
                case JsonObject members:
                    Members(members, null);
                    break;
                case JsonArray items:
                    text.Append('[');
                    Each(items, Write);
                    text.Append(']');
                    break;
                default:
                    text.Append(node?.ToJsonString() ?? "null");
                    break;
            }
        }

        private void Members(JsonObject members, string? extra)
        {
            text.Append('{');
            Each(members, member =>
            {
                text.Append(JsonSerializer.Serialize(member.Key)).Append(':');
                Write(member.Value);
            });
            if (extra is not null)
            {
                text.Append(members.Count == 0 ? string.Empty : ",").Append(extra);
            }

            text.Append('}');
        }

        private void Each<T>(IEnumerable<T> items, Action<T> write)
        {
            var first = true;
            foreach (var item in items)
            {
                text.Append(first ? string.Empty : ",");
                write(item);
                first = false;
            }
        }

        private void Damage(JsonNode? node)
        {
            switch (node)
            {
                case JsonObject members when dice.Chance(60):
                    Members(members, Oddities.Member(dice, members.Count == 0 ? "a" : members.ElementAt(dice.Next(members.Count)).Key));
                    break;
                case JsonArray items when dice.Chance(60):
                    Many(items);
                    break;
                case JsonValue value when value.GetValueKind() == JsonValueKind.String && dice.Chance(70):
                    text.Append(Oddities.Text(dice, value.GetValue<string>()));
                    break;
                case JsonValue value when value.GetValueKind() == JsonValueKind.Number && dice.Chance(70):
                    text.Append(dice.Pick(Oddities.Numbers));
                    break;
                default:
                    text.Append(dice.Chance(15) ? Oddities.Nested(dice, node?.ToJsonString() ?? "null") : dice.Pick(Oddities.Values));
                    return;
            }

        }

        private void Many(JsonArray items)
        {
            var times = dice.Pick([0, 2, 21, 101, 201, 3000]);
            var item = items.Count == 0 ? dice.Pick(Oddities.Values) : items[dice.Next(items.Count)]?.ToJsonString() ?? "null";
            text.Append('[').AppendJoin(',', Enumerable.Repeat(item.Length > 200 ? "1" : item, times)).Append(']');
        }
    }
}
