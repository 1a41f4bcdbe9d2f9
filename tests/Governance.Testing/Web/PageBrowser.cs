using System.Net;
using System.Text.RegularExpressions;

namespace Governance.Testing.Web;

/// <summary>Uses pages as a browser without scripts would: keeps cookies, fills in forms with the hidden fields that they came with. Follows no redirect by itself and shows every header, so that tests see what browsers hide.</summary>
public sealed partial class PageBrowser : IDisposable
{
    private readonly HttpClient _http;

    /// <param name="address">The app.</param>
    public PageBrowser(Uri address) =>
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>The cookies by name, whatever their flags say.</summary>
    public Dictionary<string, string> Cookies { get; } = new(StringComparer.Ordinal);

    /// <summary>Every Set-Cookie header so far, as it came.</summary>
    public List<string> SetCookies { get; } = [];

    /// <summary>The hidden fields of every form on a page, by the form's action.</summary>
    public static IReadOnlyDictionary<string, Dictionary<string, string>> Forms(string page)
    {
        var forms = new Dictionary<string, Dictionary<string, string>>(StringComparer.Ordinal);
        foreach (Match form in FormPattern().Matches(page))
        {
            forms[form.Groups[1].Value] = HiddenPattern().Matches(form.Groups[2].Value)
                .ToDictionary(field => field.Groups[1].Value, field => WebUtility.HtmlDecode(field.Groups[2].Value), StringComparer.Ordinal);
        }

        return forms;
    }

    /// <summary>Opens a path.</summary>
    public Task<PageAnswer> Get(string path, params (string Name, string Value)[] headers) => Send(new HttpRequestMessage(HttpMethod.Get, path), headers);

    /// <summary>Posts fields.</summary>
    public Task<PageAnswer> Post(string path, IEnumerable<KeyValuePair<string, string>> fields, params (string Name, string Value)[] headers) =>
        Send(new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(fields) }, headers);

    /// <summary>Opens a page and posts one of its forms, with its hidden fields and these.</summary>
    public async Task<PageAnswer> Submit(string page, string action, params (string Name, string Value)[] fields)
    {
        var form = new Dictionary<string, string>(Forms((await Get(page)).Body)[action], StringComparer.Ordinal);
        foreach (var (name, value) in fields)
        {
            form[name] = value;
        }

        return await Post(action, form);
    }

    /// <summary>Signs in on the page of the development mode.</summary>
    /// <param name="person">The object id of one of the people who are offered.</param>
    public async Task<PageAnswer> SignIn(Guid person) => await Submit("/development/sign-in", "/development/sign-in", ("person", person.ToString()));

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<PageAnswer> Send(HttpRequestMessage request, (string Name, string Value)[] headers)
    {
        using (request)
        {
            if (Cookies.Count > 0)
            {
                request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", Cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
            }

            foreach (var (name, value) in headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            using var answer = await _http.SendAsync(request);
            Keep(answer);
            return new(
                (int)answer.StatusCode,
                await answer.Content.ReadAsStringAsync(),
                answer.Headers.Location?.OriginalString,
                answer.Headers.Concat(answer.Content.Headers).ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase));
        }
    }

    private void Keep(HttpResponseMessage answer)
    {
        foreach (var set in answer.Headers.TryGetValues("Set-Cookie", out var values) ? values : [])
        {
            SetCookies.Add(set);
            var (name, value) = set.Split(';')[0].Split('=', 2) is [var n, var v] ? (n, v) : (set, string.Empty);
            if (value.Length == 0)
            {
                Cookies.Remove(name);
            }
            else
            {
                Cookies[name] = value;
            }
        }
    }

    [GeneratedRegex("<form method=\"post\" action=\"([^\"]*)\"[^>]*>(.*?)</form>", RegexOptions.Singleline)]
    private static partial Regex FormPattern();

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\">")]
    private static partial Regex HiddenPattern();
}

/// <summary>What came back.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The text.</param>
/// <param name="Location">Where it sends on to; null where it does not.</param>
/// <param name="Headers">Its headers.</param>
public sealed record PageAnswer(int Status, string Body, string? Location, IReadOnlyDictionary<string, string> Headers);
