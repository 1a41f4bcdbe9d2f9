using System.Collections.Immutable;
using System.Text.Json;
using Governance.Core;
using Governance.Functions.Http;
using Governance.Testing;

namespace Governance.Functions.Tests.Http;

public sealed class ReadingFields
{
    private readonly Findings _findings = new();

    [Fact]
    public void Every_kind_of_field_is_read_as_its_type()
    {
        var fields = Of("""
            {"text": " a ", "prose": "a\nb", "id": "5f0c2f0e-6d0c-4f57-9d3e-0a4f6f6f9a11", "ring": "PILOT", "word": "two", "number": 9223372036854775807,
             "yes": true, "at": "2026-03-03T14:00:00.5+02:00", "texts": ["a", " b "], "rings": [{"n": 1}, {"n": 2}], "any": [1]}
            """);
        var words = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, [KeyValuePair.Create("one", 1), KeyValuePair.Create("two", 2)]);

        Assert.Equal("a", fields.Text("text", 10));
        Assert.Equal("a\nb", fields.Prose("prose", 10));
        Assert.Equal("5f0c2f0e-6d0c-4f57-9d3e-0a4f6f6f9a11", fields.Id<CorrelationId>("id").ToString());
        Assert.Equal(Ring.Pilot, fields.Ring("ring"));
        Assert.Equal(2, fields.Choice("word", words));
        Assert.Equal(long.MaxValue, fields.Integer("number", 0, long.MaxValue));
        Assert.True(fields.Boolean("yes"));
        Assert.Equal(FakeClock.Noon.AddSeconds(0.5), fields.Instant("at"));
        Assert.Equal(TimeSpan.Zero, fields.Instant("at").Offset);
        Assert.Equal(["a", "b"], fields.TextList("texts", 2, 5));
        Assert.Equal([1L, 2L], fields.ObjectList("rings", 2).Select(item => item.Integer("n", 0, 9)));
        Assert.Equal("[1]", fields.Any("any")?.GetRawText());
        Assert.True(_findings.None);
    }

    [Fact]
    public void What_is_absent_or_null_is_nothing()
    {
        var fields = Of("""{"null": null}""");
        foreach (var name in new[] { "null", "absent" })
        {
            Assert.False(fields.Has(name));
            Assert.Null(fields.OptionalText(name, 1));
            Assert.Null(fields.OptionalProse(name, 1));
            Assert.Null(fields.OptionalId<CorrelationId>(name));
            Assert.Null(fields.OptionalRing(name));
            Assert.Null(fields.OptionalInteger(name, 0, 1));
            Assert.Null(fields.OptionalBoolean(name));
            Assert.Null(fields.OptionalInstant(name));
            Assert.Null(fields.OptionalObject(name));
            Assert.Null(fields.Any(name));
            Assert.Empty(fields.TextList(name, 1, 1));
            Assert.Empty(fields.ObjectList(name, 1));
        }

        Assert.True(_findings.None);
    }

    [Fact]
    public void What_is_required_and_absent_is_said_once_for_each()
    {
        var fields = Of("{}");
        fields.Text("text", 1);
        fields.Prose("prose", 1);
        fields.Id<CorrelationId>("id");
        fields.Digest("digest");
        fields.Ring("ring");
        fields.Integer("number", 0, 1);
        fields.Boolean("yes");
        fields.Instant("at");
        fields.Object("object").Text("inner", 1);
        Assert.Equal(["text", "prose", "id", "digest", "ring", "number", "yes", "at", "object", "object.inner"], _findings.Errors.Select(error => error.Field));
        Assert.All(_findings.Errors, error => Assert.Equal("is required", error.Message));
    }

    [Theory]
    [InlineData("5")]
    [InlineData("true")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("\"\\u0007\"")]
    [InlineData("\"\"")]
    [InlineData("\"   \"")]
    [InlineData("\"12345678901\"")]
    public void A_text_is_one_short_line(string value)
    {
        Of($"{{\"a\": {value}}}").Text("a", 10);
        Assert.Equal("a", Assert.Single(_findings.Errors).Field);
    }

    [Theory]
    [InlineData("10", true)]
    [InlineData("0", true)]
    [InlineData("11", false)]
    [InlineData("-1", false)]
    [InlineData("1.5", false)]
    [InlineData("1e400", false)]
    [InlineData("99999999999999999999", false)]
    [InlineData("\"3\"", false)]
    [InlineData("false", false)]
    public void An_integer_is_a_whole_number_within_its_bounds(string value, bool taken)
    {
        Of($"{{\"a\": {value}}}").Integer("a", 0, 10);
        Assert.Equal(taken, _findings.None);
    }

    [Theory]
    [InlineData("2026-03-03T12:00:00Z", true)]
    [InlineData("2026-03-03T12:00Z", true)]
    [InlineData("2026-03-03T12:00:00.1234567Z", true)]
    [InlineData("2026-03-03T12:00:00-05:30", true)]
    [InlineData("2026-03-03T12:00:00", false)]
    [InlineData("2026-03-03", false)]
    [InlineData("2026-02-30T12:00:00Z", false)]
    [InlineData("03/03/2026 12:00Z", false)]
    [InlineData("0001-01-01T00:00:00+14:00", false)]
    [InlineData("now", false)]
    public void A_timestamp_says_its_offset(string value, bool taken)
    {
        Of($"{{\"a\": \"{value}\"}}").Instant("a");
        Assert.Equal(taken, _findings.None);
    }

    [Fact]
    public void A_list_is_bounded_and_each_wrong_entry_is_named()
    {
        var fields = Of("""{"long": [1, 2, 3], "none": 1, "texts": ["a", 5, "", "abcdef"], "objects": [{}, 1]}""");
        Assert.Empty(fields.TextList("long", 2, 5));
        Assert.Empty(fields.TextList("none", 2, 5));
        Assert.Equal(4, fields.TextList("texts", 4, 5).Length);
        Assert.Equal(2, fields.ObjectList("objects", 2).Length);
        Assert.Equal(["long", "none", "texts[1]", "texts[2]", "texts[3]", "objects[1]"], _findings.Errors.Select(error => error.Field));
    }

    [Fact]
    public void A_wrong_type_is_said_once_though_it_leaves_a_required_field_empty()
    {
        var fields = Of("""{"flag": "yes", "object": 3, "word": "three", "digest": "abc"}""");
        fields.Boolean("flag");
        fields.Object("object");
        fields.Choice("word", ImmutableSortedDictionary<string, int>.Empty.Add("one", 1));
        fields.Digest("digest");
        fields.Wrong("other", "is not liked");
        Assert.Equal(
            [
                new("flag", "true or false is expected"),
                new("object", "an object is expected"),
                new("word", "one of one is expected"),
                new("digest", "a SHA-256 as 64 hexadecimal digits is expected"),
                new("other", "is not liked"),
            ],
            _findings.Errors);
    }

    [Fact]
    public void Only_the_first_hundred_problems_are_kept()
    {
        Of($"{{\"a\": [{string.Join(',', Enumerable.Repeat("1", 300))}]}}").TextList("a", 300, 5);
        Assert.Equal(100, _findings.Errors.Count);
    }

    [Fact]
    public void An_empty_body_has_no_members() => Assert.Empty(new Fields(default, "", _findings).Members());

    private Fields Of(string json) => new(JsonDocument.Parse(json).RootElement, string.Empty, _findings);
}
