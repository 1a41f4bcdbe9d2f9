using Governance.Functions.Pages;

namespace Governance.Functions.Tests.Pages;

public sealed class WritingHtml
{
    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\" onmouseover=\"alert(1)")]
    [InlineData("' onmouseover='alert(1)")]
    [InlineData("&lt;b&gt;")]
    [InlineData("</textarea><img src=x onerror=alert(1)>")]
    public void Text_that_is_filled_in_is_never_markup(string text)
    {
        var written = Html.Of($"<p title=\"{text}\">{text}</p>").ToString();

        var inside = written["<p title=\"".Length..^"</p>".Length];
        Assert.DoesNotContain("<", inside, StringComparison.Ordinal);
        Assert.DoesNotContain("'", inside, StringComparison.Ordinal);
        Assert.Equal(1, inside.Count(character => character == '"'));
        Assert.Equal(text, System.Net.WebUtility.HtmlDecode(inside[..inside.IndexOf('"', StringComparison.Ordinal)]));
    }

    [Fact]
    public void A_piece_is_filled_in_as_it_is_and_everything_else_by_its_invariant_form()
    {
        var piece = Html.Of($"<b>{"<"}</b>");

        Assert.Equal("<p><b>&lt;</b> 1,234.5 &lt;&gt;</p>", Html.Of($"<p>{piece} {1234.5m:N1} {new Odd()}{(string?)null}{(Html?)null}</p>").ToString());
        Assert.Equal("<i>1</i><i>2</i>", Html.All([1, 2], number => Html.Of($"<i>{number}</i>")).ToString());
        Assert.Equal(string.Empty, Html.Where((string?)null, text => Html.Of($"{text}")).ToString());
    }

    [Fact]
    public void Letters_of_every_language_stay_readable() => Assert.Equal("Zürich 東京", Html.Of($"{"Zürich 東京"}").ToString());

    private sealed class Odd
    {
        public override string ToString() => "<>";
    }
}
