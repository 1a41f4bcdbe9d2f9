using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json.Serialization;

namespace Governance.Core.Evidence.Json;

/// <summary>The words of an enumeration on the wire, as its <see cref="JsonStringEnumMemberNameAttribute"/>s state them.</summary>
internal static class WireWords<T>
    where T : struct, Enum
{
    private static readonly FrozenDictionary<string, T> ByWord = typeof(T)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .ToFrozenDictionary(f => f.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? f.Name, f => (T)f.GetValue(null)!, StringComparer.Ordinal);

    /// <summary>All words, for messages.</summary>
    public static string All { get; } = string.Join(", ", ByWord.OrderBy(w => w.Value).Select(w => w.Key));

    public static bool TryParse(string word, out T value) => ByWord.TryGetValue(word, out value);
}
