using Governance.Core;
using Governance.Core.Cab;
using Governance.Functions.Http;
using Governance.Functions.Review;
using Microsoft.Extensions.Primitives;

namespace Governance.Functions.Tests.Http;

public sealed class ReadingForms
{
    private static readonly string Seen = new('a', 64);

    [Fact]
    public void An_approval_without_conditions_is_a_plain_one()
    {
        var (form, wish) = Approval();

        Assert.Empty(form.Errors);
        Assert.Empty(wish.Conditions);
        Assert.Equal((Ballot.Approve, string.Empty, Digest.Parse(Seen, null)), (wish.Ballot, wish.Comments, wish.Seen!.Value));
    }

    [Fact]
    public void Every_typed_condition_is_read()
    {
        var (form, wish) = Approval(
            ("max_ring", "CANARY"), ("min_success_rate", "99.25"), ("observe_hours", "48"), ("not_before", "2026-03-05T08:00"), ("not_after", "2026-03-06T08:00:30"),
            ("note", "Tell\r\nthe help desk."), ("comments", " Carefully. "));

        Assert.Empty(form.Errors);
        Assert.Equal("Carefully.", wish.Comments);
        Assert.Equal(
            [
                new() { Kind = CabConditionKind.MaxRing, Ring = Ring.Canary },
                new() { Kind = CabConditionKind.MinSuccessRate, BasisPoints = 9_925 },
                new() { Kind = CabConditionKind.ObserveHours, Hours = 48 },
                new() { Kind = CabConditionKind.NotBefore, At = new(2026, 3, 5, 8, 0, 0, TimeSpan.Zero) },
                new() { Kind = CabConditionKind.NotAfter, At = new(2026, 3, 6, 8, 0, 30, TimeSpan.Zero) },
                new() { Kind = CabConditionKind.Note, Text = "Tell\nthe help desk." },
            ],
            wish.Conditions);
    }

    [Theory]
    [InlineData("max_ring", "MOON")]
    [InlineData("min_success_rate", "101")]
    [InlineData("min_success_rate", "99.999")]
    [InlineData("min_success_rate", "-1")]
    [InlineData("min_success_rate", "many")]
    [InlineData("observe_hours", "0")]
    [InlineData("observe_hours", "2161")]
    [InlineData("observe_hours", "1e3")]
    [InlineData("not_before", "tomorrow")]
    [InlineData("not_after", "2026-02-30T08:00")]
    [InlineData("note", "bell \a")]
    [InlineData("subject_digest", "zz")]
    [InlineData("subject_digest", "")]
    public void What_is_wrong_is_named(string field, string value)
    {
        var (form, _) = Approval((field, value));

        Assert.Equal(field, Assert.Single(form.Errors).Field);
    }

    [Fact]
    public void A_rejection_needs_its_reason_and_a_text_has_its_limit()
    {
        var form = Form(("subject_digest", Seen));
        DecisionForms.Rejection(form);
        Assert.Equal(("comments", "is required"), (form.Errors[0].Field, form.Errors[0].Message));

        var longer = Form(("subject_digest", Seen), ("comments", new string('x', 4001)));
        DecisionForms.Rejection(longer);
        Assert.Single(longer.Errors);
    }

    [Fact]
    public void A_field_that_comes_twice_is_refused()
    {
        var form = new FormFields(new Dictionary<string, StringValues> { ["outcome"] = new(["confirmed", "objected"]) }, new Findings());

        DecisionForms.Review(form);

        Assert.Contains(form.Errors, error => error.Field == "outcome");
    }

    [Fact]
    public void A_review_has_one_of_two_outcomes()
    {
        Assert.Equal(ReviewOutcome.Objected, DecisionForms.Review(Form(("outcome", "objected"))).Outcome);
        var form = Form(("outcome", "maybe"));
        DecisionForms.Review(form);
        Assert.Equal("outcome", Assert.Single(form.Errors).Field);
    }

    [Theory]
    [InlineData("/review", "/review")]
    [InlineData("/review/", "/review/")]
    [InlineData("/review/5f0c2f0e-6d0c-4f57-9d3e-0a4f6f6f9a11", "/review/5f0c2f0e-6d0c-4f57-9d3e-0a4f6f6f9a11")]
    [InlineData("https://evil.example/review", "/review")]
    [InlineData("//evil.example/review", "/review")]
    [InlineData("/review/../api", "/review")]
    [InlineData("/review\r\nSet-Cookie: a=b", "/review")]
    [InlineData("/review/sign-out", "/review")]
    [InlineData("/review\n", "/review")]
    [InlineData(null, "/review")]
    public void After_signing_in_a_person_comes_to_a_review_page_and_nowhere_else(string? wanted, string path) => Assert.Equal(path, ReturnPath.Read(wanted));

    private static (FormFields Form, Governance.Functions.Cab.VoteWish Wish) Approval(params (string Name, string Value)[] fields)
    {
        var form = Form([("subject_digest", Seen), .. fields]);
        return (form, DecisionForms.Approval(form));
    }

    private static FormFields Form(params (string Name, string Value)[] fields)
    {
        var values = new Dictionary<string, StringValues>();
        foreach (var (name, value) in fields)
        {
            values[name] = value;
        }

        return new(values, new Findings());
    }
}
