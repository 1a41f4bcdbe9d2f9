using System.Collections.Immutable;
using System.Globalization;
using Governance.Functions.Http;

namespace Governance.Functions.Configuration;

/// <summary>
/// Reads settings into types and collects everything that is wrong with them, so that an operator gets one message with all of it. A setting is named as its environment variable is: <c>Section__Key</c>.
/// An empty setting is an absent one.
/// </summary>
internal sealed class SettingsReader
{
    private readonly IConfiguration _configuration;
    private readonly string _prefix;
    private readonly List<string> _faults;
    private readonly SortedSet<string> _asked;

    /// <param name="configuration">Where settings come from.</param>
    public SettingsReader(IConfiguration configuration)
        : this(configuration, string.Empty, [], new(StringComparer.Ordinal))
    {
    }

    private SettingsReader(IConfiguration configuration, string prefix, List<string> faults, SortedSet<string> asked) =>
        (_configuration, _prefix, _faults, _asked) = (configuration, prefix, faults, asked);

    /// <summary>What is wrong so far, one sentence each.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>The names of all settings that were asked for so far, there or not.</summary>
    public IReadOnlyCollection<string> Asked => _asked;

    /// <summary>The settings under a name.</summary>
    public SettingsReader Section(string name) => new(_configuration, Path(name), _faults, _asked);

    /// <summary>The settings of a list, in order: <c>Section__0__Key</c>, <c>Section__1__Key</c>, …. An entry with nothing in it is none.</summary>
    public ImmutableArray<SettingsReader> List(string name) =>
        [.. _configuration.GetSection(Path(name)).GetChildren()
            .Where(child => child.AsEnumerable().Any(setting => !string.IsNullOrWhiteSpace(setting.Value)))
            .Select(child => Section($"{name}:{child.Key}"))];

    /// <summary>The names and values directly under a name.</summary>
    public ImmutableSortedDictionary<string, string> Map(string name) => _configuration.GetSection(Path(name)).GetChildren()
        .Where(child => !string.IsNullOrWhiteSpace(child.Value))
        .ToImmutableSortedDictionary(child => child.Key, child => child.Value!.Trim(), StringComparer.OrdinalIgnoreCase);

    /// <summary>True where the setting is there and not empty.</summary>
    public bool Has(string name) => Raw(name) is not null;

    /// <summary>A text.</summary>
    public string Text(string name, string otherwise) => Raw(name) ?? otherwise;

    /// <summary>A text.</summary>
    /// <returns>Null where absent.</returns>
    public string? OptionalText(string name) => Raw(name);

    /// <summary>A text that has to be there.</summary>
    public string Required(string name) => Raw(name) ?? Fault(name, "is required", string.Empty);

    /// <summary>A whole number within bounds.</summary>
    public int Integer(string name, int otherwise, int min, int max) =>
        Raw(name) is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max ? number
        : Fault(name, string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {min} to {max}"), otherwise);

    /// <summary>A duration as hours:minutes:seconds, with days before and decimals behind where needed.</summary>
    public TimeSpan Duration(string name, TimeSpan otherwise, TimeSpan min, TimeSpan max) =>
        Raw(name) is not { } text ? otherwise
        : text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var duration) && duration >= min && duration <= max ? duration
        : Fault(name, $"must be a duration as hh:mm:ss from {min:c} to {max:c}", otherwise);

    /// <summary>True or false.</summary>
    public bool Boolean(string name, bool otherwise) =>
        Raw(name) is not { } text ? otherwise : bool.TryParse(text, out var value) ? value : Fault(name, "must be true or false", otherwise);

    /// <summary>One of an enumeration's names, in any case.</summary>
    public T Choice<T>(string name, T otherwise)
        where T : struct, Enum =>
        Raw(name) is not { } text ? otherwise
        : !int.TryParse(text, CultureInfo.InvariantCulture, out _) && Enum.TryParse<T>(text, ignoreCase: true, out var chosen) ? chosen
        : Fault(name, $"must be {Words.OneOf(Enum.GetNames<T>())}", otherwise);

    /// <summary>A value with a text form, such as a UUID.</summary>
    /// <param name="expected">How to say what is expected: "a UUID".</param>
    /// <returns>Null where absent or wrong.</returns>
    public T? Parsed<T>(string name, string expected)
        where T : struct, IParsable<T> =>
        Raw(name) is not { } text ? null : T.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : Fault<T?>(name, $"must be {expected}", null);

    /// <summary>A value with a text form that has to be there.</summary>
    public T RequiredParsed<T>(string name, string expected)
        where T : struct, IParsable<T> => Has(name) ? Parsed<T>(name, expected) ?? default : Fault(name, $"is required: {expected}", default(T));

    /// <summary>Some values with a text form, separated by commas.</summary>
    public ImmutableArray<T> ParsedList<T>(string name, string expected)
        where T : struct, IParsable<T>
    {
        var values = ImmutableArray.CreateBuilder<T>();
        foreach (var text in (Raw(name) ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (T.TryParse(text, CultureInfo.InvariantCulture, out var value))
            {
                values.Add(value);
            }
            else
            {
                Fault(name, $"must be {expected}, separated by commas", false);
            }
        }

        return values.ToImmutable();
    }

    /// <summary>An absolute http or https address.</summary>
    /// <returns>Null where absent or wrong.</returns>
    public Uri? Address(string name) =>
        Raw(name) is not { } text ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address
        : Fault<Uri?>(name, "must be an absolute http or https address", null);

    /// <summary>An address that lets in whoever knows it. The value is in no message.</summary>
    public Uri? SecretAddress(string name)
    {
        if (Raw(name) is not { } text)
        {
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        {
            return address;
        }

        Wrong(name, "must be an absolute http or https address");
        return null;
    }

    /// <summary>Secret bytes in base64. The value is in no message.</summary>
    /// <returns>Empty where absent.</returns>
    public ReadOnlyMemory<byte> Secret(string name, int minBytes)
    {
        if (Raw(name) is not { } text)
        {
            return default;
        }

        var bytes = new byte[text.Length];
        if (Convert.TryFromBase64String(text, bytes, out var length) && length >= minBytes)
        {
            return bytes.AsMemory(0, length);
        }

        _faults.Add(string.Create(CultureInfo.InvariantCulture, $"{Name(name)} must be base64 of at least {minBytes} bytes."));
        return default;
    }

    /// <summary>Notes that a setting is wrong for a reason that only the caller knows.</summary>
    public void Wrong(string name, string message) => _faults.Add($"{Name(name)} {message.TrimEnd('.')}.");

    /// <summary>Ends reading.</summary>
    /// <exception cref="InvalidSettingsException">Something is wrong; its message has all of it.</exception>
    public void Close()
    {
        if (_faults.Count > 0)
        {
            throw new InvalidSettingsException(_faults);
        }
    }

    private string? Raw(string name)
    {
        _asked.Add(Name(name));
        return _configuration[Path(name)] is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
    }

    private T Fault<T>(string name, string message, T instead)
    {
        _faults.Add(Raw(name) is { } text ? $"{Name(name)} {message}, not '{text}'." : $"{Name(name)} {message}.");
        return instead;
    }

    private string Path(string name) => _prefix.Length == 0 ? name : $"{_prefix}:{name}";

    private string Name(string name) => Path(name).Replace(":", "__", StringComparison.Ordinal);
}

/// <summary>The app cannot start with these settings. The message is for the operator and lists everything that is wrong.</summary>
internal sealed class InvalidSettingsException(IReadOnlyList<string> faults)
    : Exception($"Governance cannot start with these settings:{Environment.NewLine}{string.Join(Environment.NewLine, faults.Select(fault => $"- {fault}"))}")
{
    /// <summary>One sentence for each thing that is wrong.</summary>
    public IReadOnlyList<string> Faults => faults;
}
