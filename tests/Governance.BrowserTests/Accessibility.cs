using Microsoft.Playwright;

namespace Governance.BrowserTests;

/// <summary>What a page must have for people who use it with a keyboard or a screen reader: the part that a program can look at.</summary>
internal static class Accessibility
{
    private const string Look = """
        () => {
          const problems = [];
          const say = (what, element) => problems.push(`${what}: ${element.outerHTML.slice(0, 120)}`);
          const text = element => (element.getAttribute('aria-label') || element.textContent || '').trim();
          if (!document.documentElement.lang) problems.push('The page names no language.');
          if (!document.title.trim()) problems.push('The page has no title.');
          if (document.querySelectorAll('h1').length !== 1) problems.push('The page has not exactly one h1.');
          if (document.querySelectorAll('main').length !== 1) problems.push('The page has not exactly one main part.');
          for (const field of document.querySelectorAll('input:not([type=hidden]), select, textarea'))
            if (!field.labels || field.labels.length === 0 || !text(field.labels[0])) say('A field without a label', field);
          for (const set of document.querySelectorAll('fieldset'))
            if (!set.querySelector(':scope > legend')) say('A group of fields without a legend', set);
          for (const button of document.querySelectorAll('button, a[href]'))
            if (!text(button)) say('A button or link without a name', button);
          for (const image of document.querySelectorAll('svg, img'))
            if (image.getAttribute('role') !== 'img' || !image.querySelector('title')) say('A picture without a name', image);
          for (const table of document.querySelectorAll('table')) {
            if (!table.caption || !text(table.caption)) say('A table without a caption', table);
            for (const head of table.querySelectorAll('th')) if (!head.scope) say('A heading of a table without a scope', head);
          }
          const ids = [...document.querySelectorAll('[id]')].map(element => element.id);
          for (const id of new Set(ids)) if (ids.filter(each => each === id).length > 1) problems.push(`The id ${id} stands twice.`);
          for (const name of ['aria-describedby', 'aria-labelledby', 'for'])
            for (const element of document.querySelectorAll(`[${name}]`))
              for (const id of element.getAttribute(name).split(/\s+/)) if (!document.getElementById(id)) say(`${name} names nothing`, element);
          let level = 0;
          for (const heading of document.querySelectorAll('h1, h2, h3, h4')) {
            const next = Number(heading.tagName[1]);
            if (next > level + 1) say('A heading skips a level', heading);
            level = next;
          }
          for (const element of document.querySelectorAll('[tabindex]')) if (element.tabIndex > 0) say('An order of focus of its own', element);
          for (const element of document.querySelectorAll('script, [style], iframe')) say('Something that a page of ours never has', element);
          return problems;
        }
        """;

    /// <summary>Fails with everything that is missing.</summary>
    internal static async Task Check(IPage page) => Assert.Empty(await page.EvaluateAsync<string[]>(Look));

    /// <summary>Fails where a person would have to scroll sideways.</summary>
    internal static async Task FitsItsWidth(IPage page) =>
        Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"), $"{page.Url} is wider than the screen.");
}
