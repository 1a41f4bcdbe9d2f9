using System.Collections.Immutable;
using Governance.Core;
using Governance.Functions.Http;
using Governance.Functions.Tests.Testing;
using Governance.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Governance.Functions.Tests.Http;

public sealed class ReadingQueriesAndHeaders
{
    private static readonly PageTokens Tokens = new(new byte[32]);
    private static readonly Digest Seen = Digest.Of("seen"u8);

    private readonly Findings _findings = new();

    [Fact]
    public void Every_kind_of_parameter_is_read_as_its_type()
    {
        var query = Given("?ring=LAB&id=5f0c2f0e-6d0c-4f57-9d3e-0a4f6f6f9a11&n=3&at=2026-03-03T12:00:00Z&text=%20a%20&word=one&empty=&more=1").Query;
        Assert.Equal(Ring.Lab, query.Ring("ring"));
        Assert.NotNull(query.Id<CorrelationId>("id"));
        Assert.Equal(3, query.Integer("n", 1, 5));
        Assert.Equal(FakeClock.Noon, query.Instant("at"));
        Assert.Equal("a", query.Text("text"));
        Assert.Equal(1, query.Choice("word", ImmutableSortedDictionary<string, int>.Empty.Add("one", 1)));
        Assert.Null(query.Text("empty"));
        Assert.Null(query.Ring("absent"));
        Assert.True(_findings.None);
    }

    [Fact]
    public void Every_wrong_parameter_is_named()
    {
        var query = Given("?ring=lab&id=1&n=0&at=yesterday&text=%01&word=two&twice=1&twice=2&long=" + new string('a', 1025)).Query;
        query.Ring("ring");
        query.Id<CorrelationId>("id");
        query.Integer("n", 1, 5);
        query.Instant("at");
        query.Text("text");
        query.Choice("word", ImmutableSortedDictionary<string, int>.Empty.Add("one", 1));
        query.Text("twice");
        query.Text("long");
        query.Wrong("from", "is after to");
        Assert.Equal(["ring", "id", "n", "at", "text", "word", "twice", "long", "from"], _findings.Errors.Select(error => error.Field));
    }

    [Theory]
    [InlineData("", 50)]
    [InlineData("?limit=1", 1)]
    [InlineData("?limit=200", 200)]
    public void A_page_has_fifty_entries_unless_the_caller_says_otherwise(string query, int limit) => Assert.Equal(limit, Given(query).Paging().Limit);

    [Theory]
    [InlineData("0")]
    [InlineData("201")]
    [InlineData("-1")]
    [InlineData("many")]
    [InlineData("1.5")]
    public void A_page_has_one_to_two_hundred_entries(string limit)
    {
        Given($"?limit={limit}").Paging();
        Assert.Equal("limit", Assert.Single(_findings.Errors).Field);
    }

    [Fact]
    public void A_token_leads_to_the_next_page_of_the_same_list_whatever_the_order_of_the_filters()
    {
        var token = Given("?status=ACTIVE&ring=LAB&limit=10").Paging().Next("page-3/7 ü");
        Assert.Equal("page-3/7 ü", Given($"?ring=LAB&status=ACTIVE&limit=20&continuation_token={token}").Paging().Cursor);
        Assert.True(_findings.None);
    }

    [Fact]
    public void The_last_page_has_no_token() => Assert.Null(Given("").Paging().Next(null));

    [Theory]
    [InlineData("List", "?ring=PILOT")]
    [InlineData("Other", "?ring=LAB")]
    [InlineData("List", "")]
    public void A_token_of_another_list_or_of_other_filters_is_refused(string function, string query)
    {
        var token = Given("?ring=LAB").Paging().Next("5");
        Given($"{query}{(query.Length == 0 ? '?' : '&')}continuation_token={token}", function: function).Paging();
        Assert.Equal("continuation_token", Assert.Single(_findings.Errors).Field);
    }

    [Theory]
    [InlineData("5", true)]
    [InlineData("five", false)]
    public void A_token_that_holds_is_taken_where_it_names_a_place_of_the_list(string place, bool taken)
    {
        var token = Given("").Paging().Next(place);
        Assert.Equal(taken ? place : null, Given($"?continuation_token={token}").Paging(cursor => int.TryParse(cursor, out _)).Cursor);
        Assert.Equal(taken, _findings.None);
    }

    [Fact]
    public void No_changed_token_is_taken()
    {
        var seeded = new Seeded(7);
        var token = Tokens.Write("List", "cursor-123");
        for (var round = 0; round < 2_000; round++)
        {
            var changed = token.ToCharArray();
            var at = seeded.Next(0, changed.Length);
            changed[at] = seeded.Pick<char>(['A', 'z', '0', '_', '-', '=', '.', 'ü']);
            Assert.True(new string(changed) == token || !Tokens.TryRead("List", new string(changed), out _));
        }

        Assert.False(Tokens.TryRead("List", string.Empty, out _));
        Assert.False(Tokens.TryRead("List", new string('A', PageTokens.MaxLength + 1), out _));
        Assert.False(new PageTokens("another key"u8.ToArray()).TryRead("List", token, out _));
    }

    [Theory]
    [InlineData("wait=5", 5)]
    [InlineData("respond-async, WAIT = 30", 30)]
    [InlineData("wait=31", 30)]
    [InlineData("wait=\"7\"; x=y", 7)]
    [InlineData("wait=0", 0)]
    [InlineData("wait=-1", 0)]
    [InlineData("wait=99999999999999999999", 0)]
    [InlineData("wait", 0)]
    [InlineData("waiting=5", 0)]
    [InlineData("", 0)]
    public void A_preferred_wait_is_at_most_thirty_seconds_and_ignored_where_it_says_nothing(string prefer, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Given("", ("Prefer", prefer)).Wait());

    [Fact]
    public void The_first_wait_counts() => Assert.Equal(TimeSpan.FromSeconds(3), Input.ReadWait(new StringValues(["foo", "wait=3, wait=4", "wait=5"])));

    [Fact]
    public void If_Match_names_the_digest_that_was_shown()
    {
        Assert.Equal(Seen, Given("", ("If-Match", $"\"{Seen}\"")).IfMatch());
        Assert.Null(Given("", ("If-Match", "*")).IfMatch());
        Assert.Null(Given("").IfMatch());
        Assert.True(_findings.None);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("\"\"")]
    [InlineData("\"abc\"")]
    [InlineData("W/\"abc\"")]
    [InlineData("\"")]
    public void An_If_Match_that_names_no_digest_is_refused(string value)
    {
        Given("", ("If-Match", value)).IfMatch();
        Assert.Equal("If-Match", Assert.Single(_findings.Errors).Field);
    }

    [Theory]
    [InlineData("run-17/4", true)]
    [InlineData("a b", false)]
    [InlineData("ü", false)]
    [InlineData("", false)]
    public void An_idempotency_key_is_visible_ASCII(string key, bool taken)
    {
        Assert.Equal(taken ? key : null, Given("", ("Idempotency-Key", key)).IdempotencyKey());
        Assert.Equal(taken, _findings.None);
    }

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void An_idempotency_key_has_at_most_255_characters(int length, bool taken)
    {
        Given("", ("Idempotency-Key", new string('k', length))).IdempotencyKey();
        Assert.Equal(taken, _findings.None);
    }

    private Input Given(string query, (string Name, string Value)? header = null, string function = "List")
    {
        var context = new DefaultHttpContext();
        context.Request.QueryString = new QueryString(query);
        if (header is var (name, value))
        {
            context.Request.Headers[name] = value;
        }

        return new Input(function, context.Request, new Fields(default, "", _findings), _findings, Tokens);
    }
}
