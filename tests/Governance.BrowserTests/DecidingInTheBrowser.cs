using Microsoft.Playwright;

namespace Governance.BrowserTests;

/// <summary>The review pages in a real browser.</summary>
public sealed class DecidingInTheBrowser(Stage stage) : IClassFixture<Stage>
{
    [Fact]
    public async Task From_the_queue_to_the_approval_with_conditions_and_what_became_of_it()
    {
        const string app = "Contoso Remote Agent";
        var id = await stage.Submit(app);
        var complaints = new List<string>();
        var bo = await stage.Open();
        bo.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                complaints.Add(message.Text);
            }
        };
        bo.PageError += (_, error) => complaints.Add(error);

        await bo.GotoAsync("/review");
        await Accessibility.Check(bo);
        await bo.GetByLabel("Bo, CAB approver").CheckAsync();
        await bo.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        var row = bo.GetByRole(AriaRole.Link, new() { Name = $"{app} 4.2.0" });
        await Governance.Testing.Eventually.Holds(
            async () =>
            {
                await bo.ReloadAsync();
                return await row.CountAsync() == 1;
            },
            TimeSpan.FromSeconds(20));
        await Accessibility.Check(bo);
        await Shoot(bo, "review-queue", 1100, 420);

        await row.ClickAsync();
        await Assertions.Expect(bo.GetByRole(AriaRole.Heading, new() { Name = $"{app} 4.2.0" })).ToBeVisibleAsync();
        await Assertions.Expect(bo.GetByText("What changed since 4.1.9")).ToBeVisibleAsync();
        await Accessibility.Check(bo);
        await Shoot(bo, "review-page", 1100, 2300);

        var needed = (await stage.Deployment(id))["cab"]!["needed"]!.GetValue<int>();
        await bo.GetByLabel("Comments").First.FillAsync("Seen, with its scan.");
        await bo.GetByLabel("Only up to ring").SelectOptionAsync("LAB");
        await bo.GetByLabel("Success rate of at least, in percent").FillAsync("99");
        await bo.GetByLabel("Note").FillAsync("Tell the help desk first.");
        await bo.GetByRole(AriaRole.Button, new() { Name = "Approve", Exact = true }).ClickAsync();
        await Assertions.Expect(bo.GetByRole(AriaRole.Status)).ToHaveTextAsync("Your vote is recorded.");
        if (needed == 2)
        {
            var cleo = await stage.Open();
            await SignIn(cleo, "Cleo, CAB approver", id);
            await cleo.GetByRole(AriaRole.Button, new() { Name = "Approve", Exact = true }).ClickAsync();
            await Assertions.Expect(cleo.GetByRole(AriaRole.Status)).ToHaveTextAsync("Your vote is recorded.");
        }

        await stage.Until(id, "ACTIVE");
        await bo.ReloadAsync();
        await Assertions.Expect(bo.GetByText("Conditional").First).ToBeVisibleAsync();
        await Assertions.Expect(bo.GetByText("kept", new() { Exact = true }).First).ToBeVisibleAsync();
        await Assertions.Expect(bo.GetByText("Tell the help desk first.").First).ToBeVisibleAsync();
        await Accessibility.Check(bo);
        Assert.Equal("CONDITIONAL", (await stage.Deployment(id))["cab"]!["decision"]!.GetValue<string>());
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task A_phone_shows_it_without_scrolling_sideways()
    {
        var id = await stage.Submit("Fabrikam Sync for narrow screens");
        var page = await stage.Open(width: 360, height: 740);
        await SignIn(page, "Bo, CAB approver", id);

        await Accessibility.Check(page);
        await Accessibility.FitsItsWidth(page);
        await page.GetByText("Components (the first 300)").Or(page.GetByText("Licences", new() { Exact = true })).First.ClickAsync();
        await Accessibility.FitsItsWidth(page);
        await page.GotoAsync("/review");
        await Accessibility.FitsItsWidth(page);
    }

    [Fact]
    public async Task A_rejection_is_possible_with_the_keyboard_alone()
    {
        var id = await stage.Submit("Fabrikam Sync by keyboard");
        var page = await stage.Open();
        await SignIn(page, "Bo, CAB approver", id);

        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to the content", await page.EvaluateAsync<string>("() => document.activeElement.textContent"));
        await page.Keyboard.PressAsync("Enter");
        for (var pressed = 0; pressed < 60 && await page.EvaluateAsync<string>("() => document.activeElement.id") != "reject-comments"; pressed++)
        {
            await page.Keyboard.PressAsync("Tab");
            Assert.Equal(string.Empty, await page.EvaluateAsync<string>(
                "() => getComputedStyle(document.activeElement).outlineStyle === 'none' ? `Focus is not seen on ${document.activeElement.outerHTML.slice(0, 200)}` : ''"));
        }

        await page.Keyboard.TypeAsync("It is not tested.");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Your vote is recorded.");

        await stage.Until(id, "REJECTED");
    }

    [Fact]
    public async Task Hostile_text_is_text()
    {
        const string app = "<img src=x onerror=document.title='owned'>";
        var id = await stage.Submit(app);
        var page = await stage.Open();
        await SignIn(page, "Bo, CAB approver", id);

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync(app);
        Assert.StartsWith(app, await page.TitleAsync(), StringComparison.Ordinal);
        await Accessibility.Check(page);
        await page.GetByLabel("Reason").FillAsync("\"><script>document.title='owned'</script>");
        await page.GetByRole(AriaRole.Button, new() { Name = "Reject" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Your vote is recorded.");
        Assert.StartsWith(app, await page.TitleAsync(), StringComparison.Ordinal);
    }

    private static async Task SignIn(IPage page, string person, string id)
    {
        await page.GotoAsync($"/review/{id}");
        await page.GetByLabel(person).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.WaitForURLAsync($"**/review/{id}");
    }

    private static async Task Shoot(IPage page, string name, int width, int height)
    {
        if (Stage.Screenshots is { } folder)
        {
            await page.SetViewportSizeAsync(width, height);
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png") });
        }
    }
}
