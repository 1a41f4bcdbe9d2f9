using Governance.Core;
using Governance.Functions.Http;
using Governance.Functions.Pages;

namespace Governance.Functions.Review;

/// <summary>Labelled controls, with what was typed before where a form is shown again.</summary>
internal static class Field
{
    /// <summary>A control of one line.</summary>
    internal static Html Input(string name, string label, string hint, string type, FormFields? form, bool required = false, string inputMode = "text") => Html.Of($"""
        <label for="{name}">{label}</label>
        <input type="{type}" inputmode="{inputMode}" id="{name}" name="{name}" value="{form?.Raw(name)}" aria-describedby="{name}-hint"{Required(required)}>
        <span class="hint" id="{name}-hint">{hint}</span>
        """);

    /// <summary>A control of several lines.</summary>
    internal static Html Area(string id, string name, string label, string? hint, FormFields? form, bool required) => Html.Of($"""
        <label for="{id}">{label}</label>
        <textarea id="{id}" name="{name}" maxlength="4000"{(hint is null ? Html.Empty : Html.Of($" aria-describedby=\"{id}-hint\""))}{Required(required)}>{form?.Raw(name)}</textarea>
        {Html.Where(hint, text => Html.Of($"""<span class="hint" id="{id}-hint">{text}</span>"""))}
        """);

    /// <summary>A choice of rings, or none.</summary>
    internal static Html Rings(string name, string label, IEnumerable<Ring> rings, FormFields? form) => Html.Of($"""
        <label for="{name}">{label}</label>
        <select id="{name}" name="{name}">
        <option value="">as submitted</option>
        {Html.All(rings, ring => Html.Of($"""<option value="{ring.WireName()}"{(form?.Raw(name) == ring.WireName() ? Html.Of($" selected") : Html.Empty)}>{ring.WireName()}</option>"""))}
        </select>
        """);

    private static Html Required(bool required) => required ? Html.Of($" required") : Html.Empty;
}
