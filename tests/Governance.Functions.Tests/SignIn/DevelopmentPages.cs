using Governance.Functions.Review;
using Governance.Functions.SignIn;
using Governance.Functions.Tests.Testing;
using Governance.Testing.Web;

namespace Governance.Functions.Tests.SignIn;

public sealed class DevelopmentPages : IAsyncLifetime
{
    private static readonly Guid Bo = new("22222222-2222-4222-8222-222222222222");

    private TestApp _app = null!;
    private PageBrowser _browser = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await TestApp.Start(ReviewFunctions.All);
        _browser = new(_app.Client.BaseAddress!);
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Whoever_sits_at_the_machine_chooses_who_to_be()
    {
        var asked = await _browser.Get("/review/5f0c2f0e-6d0c-4f57-9d3e-0a4f6f6f9a11");
        var begun = await _browser.Get(asked.Location!);
        Assert.StartsWith("/development/sign-in", begun.Location, StringComparison.Ordinal);

        var signedIn = await _browser.Submit(begun.Location!, "/development/sign-in", ("person", Bo.ToString()));

        Assert.Equal((303, "/review/5f0c2f0e-6d0c-4f57-9d3e-0a4f6f6f9a11"), (signedIn.Status, signedIn.Location));
        Assert.NotEqual(303, (await _browser.Get("/review")).Status);
    }

    [Fact]
    public async Task Somebody_who_is_not_offered_and_a_form_of_another_site_are_refused()
    {
        Assert.Equal(400, (await _browser.SignIn(Guid.Empty)).Status);
        Assert.Equal(400, (await _browser.Post("/development/sign-in", [KeyValuePair.Create("person", Bo.ToString())])).Status);
        var form = PageBrowser.Forms((await _browser.Get("/development/sign-in")).Body)["/development/sign-in"];
        form["person"] = Bo.ToString();
        Assert.Equal(400, (await _browser.Post("/development/sign-in", form, ("Sec-Fetch-Site", "cross-site"))).Status);
        Assert.Equal(303, (await _browser.Get("/review")).Status);
    }

    [Fact]
    public async Task The_page_is_for_the_machine_itself_by_a_local_name()
    {
        var refused = await _browser.Get("/development/sign-in", ("Host", "governance.example"));

        Assert.Equal(403, refused.Status);
        Assert.Contains("only on the machine itself", refused.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_runs_no_script_loads_nothing_from_elsewhere_and_stands_in_no_frame()
    {
        var page = await _browser.Get("/development/sign-in");

        Assert.Equal("text/html; charset=utf-8", page.Headers["Content-Type"]);
        Assert.Equal("no-store", page.Headers["Cache-Control"]);
        Assert.Equal("nosniff", page.Headers["X-Content-Type-Options"]);
        var policy = page.Headers["Content-Security-Policy"];
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("form-action 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page.Body, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("style=", page.Body, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_style_sheet_is_where_pages_say_and_may_be_kept()
    {
        var page = await _browser.Get("/development/sign-in");
        var address = page.Body.Split("href=\"").Select(part => part.Split('"')[0]).First(part => part.StartsWith("/review/style.css", StringComparison.Ordinal));

        var sheet = await _browser.Get(address);

        Assert.Equal((200, "text/css; charset=utf-8"), (sheet.Status, sheet.Headers["Content-Type"]));
        Assert.Contains("immutable", sheet.Headers["Cache-Control"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_that_is_none_or_too_large_is_refused()
    {
        await _browser.SignIn(Bo);
        var page = "/review/5f0c2f0e-6d0c-4f57-9d3e-0a4f6f6f9a11/approve";

        Assert.Equal(413, (await _browser.Post(page, [KeyValuePair.Create("comments", new string('x', 1 << 20))])).Status);
        Assert.Equal(400, (await _browser.Post(page, Enumerable.Range(0, 500).Select(index => KeyValuePair.Create($"f{index}", "x")))).Status);
        using var json = _app.Request(HttpMethod.Post, page, roles: null, "{}");
        json.Headers.Add("Cookie", string.Join("; ", _browser.Cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
        using var answer = await _app.Client.SendAsync(json);
        Assert.Equal(415, (int)answer.StatusCode);
    }
}
