using System.Text.RegularExpressions;

namespace Governance.Functions.Review;

/// <summary>Where a person goes after signing in: a review page, and nothing that somebody else could have put into a link.</summary>
internal static partial class ReturnPath
{
    /// <summary>The path that was asked for where it is a review page; else the queue.</summary>
    public static string Read(string? wanted) => wanted is not null && ReviewPage().IsMatch(wanted) ? wanted : "/review";

    [GeneratedRegex(@"\A/review(/[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})?/?\z")]
    private static partial Regex ReviewPage();
}
