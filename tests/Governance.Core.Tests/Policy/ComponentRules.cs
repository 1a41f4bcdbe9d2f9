using Governance.Core.Evidence;
using Governance.Core.Policy;
using Governance.Core.Policy.Rules;
using static Governance.Core.Policy.RuleOutcome;

namespace Governance.Core.Tests.Policy;

public sealed class ComponentRules
{
    [Theory]
    [InlineData("MIT", false)]
    [InlineData("GPL-3.0-only", true)]
    [InlineData("gpl-3.0-only", true)]
    [InlineData("GPL-3.0", true)]
    [InlineData("GPL-3.0+", false)]
    [InlineData("GPL-3.0-or-later", false)]
    [InlineData("MIT OR GPL-3.0-only", false)]
    [InlineData("GPL-3.0-only OR MIT", false)]
    [InlineData("GPL-3.0-only OR AGPL-3.0-only", true)]
    [InlineData("MIT AND GPL-3.0-only", true)]
    [InlineData("GPL-3.0-only AND MIT", true)]
    [InlineData("MIT OR GPL-3.0-only AND Apache-2.0", false)]
    [InlineData("(MIT OR GPL-3.0-only) AND Apache-2.0", false)]
    [InlineData("(MIT OR Apache-2.0) AND GPL-3.0-only", true)]
    [InlineData("GPL-3.0-only and MIT", true)]
    [InlineData("GPL-3.0-only or MIT", false)]
    [InlineData("GPL-3.0-only WITH Classpath-exception-2.0", true)]
    [InlineData("GPL-3.0-only WITH Classpath-exception-2.0 OR MIT", false)]
    [InlineData("LicenseRef-scancode-proprietary", false)]
    [InlineData("Acme Source License", true)]
    [InlineData("BSD or Apache License, Version 2.0", false)]
    [InlineData("(invalid", false)]
    [InlineData("GPL-3.0-only OR", false)]
    [InlineData("GPL-3.0-only AND", false)]
    [InlineData("GPL-3.0-only WITH", false)]
    [InlineData("GPL-3.0-only MIT", false)]
    [InlineData("MIT)", false)]
    [InlineData("AGPL-1.0-or-later", true)]
    [InlineData("NOASSERTION", false)]
    [InlineData("", false)]
    public void Of_OR_the_better_side_counts_and_AND_needs_both(string license, bool denied)
    {
        var set = Sets.With("denied_licenses", """{ "licenses": ["GPL-3.0", "AGPL-*", "Acme Source License"] }""");
        var result = set.Ask(Pack.Request(Pack.Harmless with { Sbom = Pack.Sbom(new SbomComponent("left-pad", "1.3.0", null, [license])) }));

        Assert.Equal(denied ? (Fail, $"1 of 1 components: left-pad 1.3.0 ({license})") : (Pass, "none of 1 components has a denied licence"), (result.Result, result.Reason));
    }

    [Fact]
    public void Several_licences_of_a_component_all_hold() => Assert.Equal(
        Fail,
        Sets.With("denied_licenses", """{ "licenses": ["GPL-3.0-only"] }""")
            .Ask(Pack.Request(Pack.Harmless with { Sbom = Pack.Sbom(new SbomComponent("x", null, null, ["MIT", "GPL-3.0-only"])) })).Result);

    [Theory]
    [InlineData(true, Fail, "1 of 2 components: bare (states no licence)")]
    [InlineData(false, Pass, "none of 2 components has a denied licence")]
    public void A_component_without_a_licence_is_denied_where_the_rule_says_so(bool deny, RuleOutcome result, string reason) => Assert.Equal(
        (result, reason),
        Sets.With("denied_licenses", $$"""{ "licenses": [], "deny_missing": {{(deny ? "true" : "false")}} }""")
            .Say(Pack.Request(Pack.Harmless with { Sbom = Pack.Sbom(new("bare", null, null, ["NOASSERTION"]), new("x", null, null, ["MIT"])) })));

    [Fact]
    public void Deep_and_long_expressions_end_as_names()
    {
        var deep = new string('(', 5000) + "MIT" + new string(')', 5000);
        var nested = new string('(', 40) + "GPL-3.0-only" + new string(')', 40);

        Assert.False(LicenseExpression.IsDenied(deep, id => id == "MIT"));
        Assert.False(LicenseExpression.IsDenied(nested, id => id == "GPL-3.0-only"));
        Assert.True(LicenseExpression.IsDenied(new string('(', 30) + "GPL-3.0-only" + new string(')', 30), id => id == "GPL-3.0-only"));
    }

    [Theory]
    [InlineData("pkg:npm/left-pad", null, "left-pad", "pkg:npm/left-pad@1.3.0", "1.3.0", true)]
    [InlineData("pkg:npm/left-pad", null, "left-pad", "pkg:npm/left-pads@1.3.0", "1.3.0", false)]
    [InlineData("pkg:npm/left-pad", null, "left-pad", "pkg:pypi/left-pad@1.3.0", "1.3.0", false)]
    [InlineData("pkg:npm/left-pad", null, "LEFT-PAD", null, "1.3.0", true)]
    [InlineData("pkg:npm/left-pad", null, "left-pad", "no purl", "1.3.0", true)]
    [InlineData("pkg:maven/org.apache.logging.log4j/*", ">=2.0 <2.17.1", "log4j-core", "pkg:maven/org.apache.logging.log4j/log4j-core@2.17.0?type=jar", "2.17.0", true)]
    [InlineData("pkg:maven/org.apache.logging.log4j/*", ">=2.0 <2.17.1", "log4j-core", "pkg:maven/org.apache.logging.log4j/log4j-core@2.17.1", "2.17.1", false)]
    [InlineData("pkg:maven/org.apache.logging.log4j/*", ">=2.0 <2.17.1", "log4j-core", "pkg:maven/org.apache.logging.log4j/log4j-core@1.2.17", "1.2.17", false)]
    [InlineData("pkg:maven/org.apache.logging.log4j/*", ">=2.0 <2.17.1", "log4j-core", "pkg:maven/org.apache.logging.log4j/log4j-core", null, true)]
    [InlineData("pkg:maven/org.apache.logging.log4j/*", ">=2.0 <2.17.1", "org.apache.logging.log4j:log4j-core", null, "2.3", true)]
    [InlineData("pkg:npm/%40angular/*", null, "core", "pkg:npm/@angular/core@1.0.0", "1.0.0", true)]
    [InlineData("pkg:npm/@angular/*", null, "core", "pkg:npm/%40angular/core@1.0.0", "1.0.0", true)]
    [InlineData("pkg:nuget/Newtonsoft.Json", "<13.0.1", "Newtonsoft.Json", "pkg:nuget/newtonsoft.json@12.0.3", "12.0.3", true)]
    [InlineData("pkg:npm/*", "=1.0.0 || >=3", "x", "pkg:npm/x@1.0.0", "1.0.0", true)]
    [InlineData("pkg:npm/*", "=1.0.0 || >=3", "x", "pkg:npm/x@2.0.0", "2.0.0", false)]
    [InlineData("pkg:npm/*", "=1.0.0 || >=3", "x", "pkg:npm/x@3.0.0", "3.0.0", true)]
    [InlineData("pkg:npm/*", ">2 <=3", "x", "pkg:npm/x@2.0.0", "2.0.0", false)]
    [InlineData("pkg:npm/*", ">2 <=3", "x", "pkg:npm/x@2.0.1", "2.0.1", true)]
    [InlineData("pkg:npm/*", ">2 <=3", "x", "pkg:npm/x@3.0.0", "3.0.0", true)]
    [InlineData("pkg:npm/*", ">2 <=3", "x", "pkg:npm/x@3.0.1", "3.0.1", false)]
    public void Components_are_denied_by_package_and_version(string pattern, string? versions, string name, string? purl, string? version, bool denied)
    {
        var range = versions is null ? string.Empty : $$""", "versions": "{{versions}}" """;
        var set = Sets.With("denied_components", $$"""{ "components": [{ "purl": "{{pattern}}"{{range}} }] }""");

        Assert.Equal(denied ? Fail : Pass, set.Ask(Pack.Request(Pack.Harmless with { Sbom = Pack.Sbom(new SbomComponent(name, version, purl, [])) })).Result);
    }

    [Fact]
    public void Many_denied_components_are_counted_and_the_first_five_are_named()
    {
        var components = Enumerable.Range(1, 1000).Select(i => new SbomComponent($"bad-{i}", "1", $"pkg:npm/bad-{i}@1", [])).Append(new("good", "1", "pkg:npm/good@1", []));

        Assert.Equal(
            (Fail, "1000 of 1001 components: bad-1 1 (pkg:npm/bad-*); bad-2 1 (pkg:npm/bad-*); bad-3 1 (pkg:npm/bad-*); bad-4 1 (pkg:npm/bad-*); bad-5 1 (pkg:npm/bad-*) and 995 more"),
            Sets.With("denied_components", """{ "components": [{ "purl": "pkg:npm/bad-*" }] }""").Say(Pack.Request(Pack.Harmless with { Sbom = Pack.Sbom([.. components]) })));
    }

    [Theory]
    [InlineData(">=")]
    [InlineData("1.0")]
    [InlineData(">=1 ||")]
    [InlineData("|| >=1")]
    [InlineData(">=1 <*")]
    public void A_text_that_is_no_range_is_none(string text) => Assert.Null(DeniedVersions.TryParse(text));

    [Theory]
    [InlineData("1.0", "1.0.0", 0)]
    [InlineData("1.0", "1", 0)]
    [InlineData("v1.2.3", "1.2.3", 0)]
    [InlineData("1.2.3+build.5", "1.2.3", 0)]
    [InlineData("1.2.10", "1.2.9", 1)]
    [InlineData("1.2.9", "1.10.0", -1)]
    [InlineData("1.0.0-rc1", "1.0.0", -1)]
    [InlineData("1.0.0-rc.2", "1.0.0-rc.10", -1)]
    [InlineData("1.0.0-alpha", "1.0.0-beta", -1)]
    [InlineData("1.0a1", "1.0", -1)]
    [InlineData("31.1-jre", "31.1", 1)]
    [InlineData("1.0.Final", "1.0", 0)]
    [InlineData("1.0-sp1", "1.0", 1)]
    [InlineData("1-jre", "1.1", -1)]
    [InlineData("1:1.0", "2.0", 1)]
    [InlineData("20240101", "9", 1)]
    [InlineData("99999999999999999999999", "99999999999999999999998", 1)]
    [InlineData("01.02", "1.2", 0)]
    public void Versions_have_one_order(string left, string right, int order)
    {
        Assert.Equal(order, VersionOrder.Compare(left, right));
        Assert.Equal(-order, VersionOrder.Compare(right, left));
    }

    [Theory]
    [InlineData("abc", "abc", true)]
    [InlineData("abc", "abcd", false)]
    [InlineData("a*", "abc", true)]
    [InlineData("*c", "abc", true)]
    [InlineData("a*c", "ac", true)]
    [InlineData("ab*bc", "abc", false)]
    [InlineData("a*b*c", "a-b-b-c", true)]
    [InlineData("a*b*c", "a-c", false)]
    [InlineData("*", "", true)]
    public void A_star_stands_for_any_characters(string pattern, string text, bool matches) =>
        Assert.Equal(matches, Wildcard.Matches(pattern, text, StringComparison.Ordinal));
}
