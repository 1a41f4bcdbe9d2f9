using Governance.Core;
using Governance.Functions.Http;
using Governance.Functions.Pages;

namespace Governance.Functions.Review;

/// <summary>What became of something that was just posted.</summary>
/// <param name="Wrong">Whether nothing was done.</param>
/// <param name="Sentences">One or more.</param>
internal sealed record Notice(bool Wrong, IReadOnlyList<string> Sentences)
{
    /// <returns>Null where nothing is to be said.</returns>
    public static Notice? Of(string? done) => done is null ? null : new(false, [done]);

    /// <summary>Why the domain refused.</summary>
    public static Notice Of(Refusal refusal) => new(true, [refusal.Message]);

    /// <summary>What is wrong with the form.</summary>
    public static Notice Of(IReadOnlyList<FieldError> errors) => new(true, [.. errors.Select(error => $"{Shown.Words(error.Field)} {error.Message}.")]);

    /// <summary>Announced by screen readers as soon as it is there.</summary>
    public Html Show() => Wrong
        ? Html.Of($"""<div class="notice error" role="alert"><p><strong>Nothing was done.</strong></p><ul>{Html.All(Sentences, sentence => Html.Of($"<li>{sentence}</li>"))}</ul></div>""")
        : Html.Of($"""<div class="notice" role="status"><p>{string.Join(' ', Sentences)}</p></div>""");
}
