using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Governance.Core.Events;
using Governance.Testing;

namespace Governance.Core.Tests.Events;

public sealed class CanonicalForms
{
    // The public test inputs that belong to RFC 8785, and the digests of their outputs.
    public static TheoryData<string, string> PublicVectors => new()
    {
        { """[56, {"d": true, "10": null, "1": [ ]} ]""", "099601b171cafed97c333f8878d68e7f8c8f795412adb34b2fdcf0e7c7beac42" },
        {
            """{"peach": "This sorting order", "péché": "is wrong according to French", "pêche": "but canonicalization MUST", "sin":   "ignore locale"}""",
            "d99d0ebdcb0033cb858cfa830ae46bc0fb3309413b271f1da828c89901a27ed5"
        },
        {
            """{"1": {"f": {"f": "hi","F": 5} ,"\n": 56.0}, "10": { }, "": "empty", "a": { }, "111": [ {"e": "yes", "E": "no" } ], "A": { } }""",
            "605f65004ec2db7692522a0852c22f1c989e036d547e88963d1a3143cf3195d5"
        },
        { """{"Unnormalized Unicode":"A\u030a"}""", "0d99aad92a125196ff887876643fd3206786a84ddce2cee52ba4ad256d2381d3" },
        {
            """{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001], "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false] }""",
            "2d5e01a318d0f0879ab568c4be289c8b1f64ef8921a53c6277d5e069978baacb"
        },
        {
            """
            {"\u20ac": "Euro Sign", "\r": "Carriage Return", "\u000a": "Newline", "1": "One", "\u0080": "Control\u007f", "\ud83d\ude02": "Smiley",
             "\u00f6": "Latin Small Letter O With Diaeresis", "\ufb33": "Hebrew Letter Dalet With Dagesh", "</script>": "Browser Challenge"}
            """,
            "6af595a9aa80110b964b4de3f82a05fa6ae7423005019bacfa2620dddc4e94d1"
        },
    };

    // RFC 8785, appendix B.
    [Theory]
    [InlineData(0x0000000000000000, "0")]
    [InlineData(0x8000000000000000, "0")]
    [InlineData(0x0000000000000001, "5e-324")]
    [InlineData(0x8000000000000001, "-5e-324")]
    [InlineData(0x7fefffffffffffff, "1.7976931348623157e+308")]
    [InlineData(0xffefffffffffffff, "-1.7976931348623157e+308")]
    [InlineData(0x4340000000000000, "9007199254740992")]
    [InlineData(0xc340000000000000, "-9007199254740992")]
    [InlineData(0x4430000000000000, "295147905179352830000")]
    [InlineData(0x44b52d02c7e14af5, "9.999999999999997e+22")]
    [InlineData(0x44b52d02c7e14af6, "1e+23")]
    [InlineData(0x44b52d02c7e14af7, "1.0000000000000001e+23")]
    [InlineData(0x444b1ae4d6e2ef4e, "999999999999999700000")]
    [InlineData(0x444b1ae4d6e2ef4f, "999999999999999900000")]
    [InlineData(0x444b1ae4d6e2ef50, "1e+21")]
    [InlineData(0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7")]
    [InlineData(0x3eb0c6f7a0b5ed8d, "0.000001")]
    [InlineData(0x41b3de4355555553, "333333333.3333332")]
    [InlineData(0x41b3de4355555554, "333333333.33333325")]
    [InlineData(0x41b3de4355555555, "333333333.3333333")]
    [InlineData(0x41b3de4355555556, "333333333.3333334")]
    [InlineData(0x41b3de4355555557, "333333333.33333343")]
    [InlineData(0xbecbf647612f3696, "-0.0000033333333333333333")]
    [InlineData(0x43143ff3c1cb0959, "1424953923781206.2")]
    public void Numbers_are_written_as_ECMAScript_writes_them(ulong bits, string text)
    {
        var to = new ArrayBufferWriter<byte>();

        CanonicalNumber.Write(to, BitConverter.UInt64BitsToDouble(bits));

        Assert.Equal(text, Encoding.ASCII.GetString(to.WrittenSpan));
    }

    [Theory]
    [InlineData("333333333.33333329", "333333333.3333333")]
    [InlineData("1E30", "1e+30")]
    [InlineData("4.50", "4.5")]
    [InlineData("2e-3", "0.002")]
    [InlineData("0.000000000000000000000000001", "1e-27")]
    [InlineData("-0", "0")]
    [InlineData("-0.0", "0")]
    [InlineData("9007199254740991", "9007199254740991")]
    [InlineData("9007199254740993", "9007199254740992")]
    [InlineData("-9223372036854775808", "-9223372036854776000")]
    [InlineData("9223372036854775808", "9223372036854776000")]
    [InlineData("1.0", "1")]
    [InlineData("100000", "100000")]
    [InlineData("\"\\u0000\\u001f\\b\\t\\n\\f\\r\\\"\\\\\\/\\u007f\\u2028\\uFFFD<>&'+\"", "\"\\u0000\\u001f\\b\\t\\n\\f\\r\\\"\\\\/\u007f\u2028\uFFFD<>&'+\"")]
    public void A_value_has_one_form(string json, string canonical) => Assert.Equal(canonical, Canonical(json));

    [Theory]
    [MemberData(nameof(PublicVectors))]
    public void The_public_vectors_have_their_digests(string json, string digest) =>
        Assert.Equal(digest, CanonicalJson.DigestOf(Encoding.UTF8.GetBytes(json)).ToString());

    [Fact]
    public void Names_sort_by_UTF_16_code_units() => Assert.Equal(
        "{\"\\n\":1,\"\\r\":2,\"1\":3,\"</script>\":4,\"\u0080\":5,\"ö\":6,\"€\":7,\"😂\":8,\"\uFB33\":9}",
        Canonical("{\"\uFB33\":9,\"😂\":8,\"€\":7,\"ö\":6,\"\u0080\":5,\"</script>\":4,\"1\":3,\"\\r\":2,\"\\n\":1}"));

    [Theory]
    [InlineData("")]
    [InlineData("{}{}")]
    [InlineData("{\"a\":1,\"\\u0061\":2}")]
    [InlineData("\"\\ud800\"")]
    [InlineData("{\"\\udc00\":1}")]
    [InlineData("1e400")]
    [InlineData("[1,]")]
    public void What_has_no_canonical_form_is_refused(string json) => Assert.ThrowsAny<JsonException>(() => Canonical(json));

    [Fact]
    public void Invalid_UTF_8_is_refused() => Assert.Throws<JsonException>(() => CanonicalJson.Canonicalize(new byte[] { (byte)'"', 0xC3, (byte)'"' }));

    [Fact]
    public void A_name_that_stands_twice_is_refused_in_a_lenient_document_too()
    {
        using var document = JsonDocument.Parse("""{"a":1,"a":2}""");

        Assert.Throws<JsonException>(() => CanonicalJson.Canonicalize(document.RootElement));
        Assert.Throws<JsonException>(() => CanonicalJson.Canonicalize(default(JsonElement)));
    }

    [Fact]
    public void Any_finite_number_reads_back_as_itself() => Prop.ForAll<double>(value =>
    {
        var to = new ArrayBufferWriter<byte>();
        CanonicalNumber.Write(to, double.IsFinite(value) ? value : 1);
        return double.Parse(Encoding.ASCII.GetString(to.WrittenSpan), CultureInfo.InvariantCulture) == (double.IsFinite(value) ? value : 1);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000).WithReplay(8785, 1));

    [Fact]
    public void The_form_of_a_form_is_itself_and_says_the_same() => Prop.ForAll<Dictionary<string, string>>(map =>
    {
        var texts = (map ?? []).Where(pair => IsWellFormed(pair.Key) && IsWellFormed(pair.Value)).ToDictionary();
        var once = CanonicalJson.Canonicalize(JsonSerializer.SerializeToUtf8Bytes(texts));
        return once.AsSpan().SequenceEqual(CanonicalJson.Canonicalize(once))
            && JsonSerializer.Deserialize<Dictionary<string, string>>(once)!.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .SequenceEqual(texts.OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithReplay(8785, 1));

    [Theory]
    [InlineData("""{"a":[1,{"b":9007199254740991}]}""", null)]
    [InlineData("""{"a":[1,{"b":9007199254740992}]}""", "$.a[1].b")]
    [InlineData("""{"a":[1,{"b":-9007199254740992}]}""", "$.a[1].b")]
    [InlineData("""{"a":-9223372036854775808}""", "$.a")]
    [InlineData("""{"a":1.0}""", "$.a")]
    [InlineData("""{"a":1e3}""", "$.a")]
    [InlineData("""{"a":"1.5","b":null,"c":true}""", null)]
    public void Event_data_holds_exact_integers_only(string json, string? path)
    {
        using var document = JsonDocument.Parse(json);

        Assert.Equal(path, CanonicalJson.FirstInexactNumber(document.RootElement));
    }

    // The digests of real files that were computed with another implementation lie beside the repository, in a folder that not every checkout has.
    [Fact]
    public void Real_documents_have_the_digests_that_another_implementation_gave_them()
    {
        var folder = Repository.PublicSamples;
        Assert.SkipWhen(folder is null, "The folder of evidence samples does not lie beside this checkout.");

        var digests = File.ReadLines(Path.Combine(folder, "INDEX.md"))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells.Length == 5 && cells[3].Trim('`').Length == 64)
            .ToDictionary(cells => cells[1].Trim('`'), cells => cells[3].Trim('`'));

        Assert.NotEmpty(digests);
        Assert.All(digests, file => Assert.Equal(file.Value, CanonicalJson.DigestOf(WithoutMark(Path.Combine(folder, file.Key))).ToString()));
    }

    private static ReadOnlyMemory<byte> WithoutMark(string path)
    {
        var bytes = File.ReadAllBytes(path);
        return bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsMemory(3) : bytes;
    }

    private static string Canonical(string json) => Encoding.UTF8.GetString(CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(json)));

    private static bool IsWellFormed(string? text) => text is not null && !text.Any(char.IsSurrogate);
}
