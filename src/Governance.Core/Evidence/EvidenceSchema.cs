namespace Governance.Core.Evidence;

/// <summary>The JSON Schema (2020-12) of the evidence document, for clients and their editors. The parser is stricter in what a schema cannot say.</summary>
public static class EvidenceSchema
{
    private static readonly Lazy<byte[]> Content = new(Load);

    /// <summary>The schema as UTF-8 JSON.</summary>
    public static ReadOnlyMemory<byte> Utf8 => Content.Value;

    private static byte[] Load()
    {
        using var resource = typeof(EvidenceSchema).Assembly.GetManifestResourceStream("evidence.schema.json")
            ?? throw new InvalidOperationException("The assembly lacks its resource evidence.schema.json.");
        var content = new byte[resource.Length];
        resource.ReadExactly(content);
        return content;
    }
}
