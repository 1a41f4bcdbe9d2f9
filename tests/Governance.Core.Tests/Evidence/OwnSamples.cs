using System.Buffers;
using System.Text;
using Governance.Testing;

namespace Governance.Core.Tests.Evidence;

/// <summary>Small evidence files of every format, in the folder Samples beside this file: written by hand, or made by <c>npm sbom</c> and cut down.</summary>
internal static class OwnSamples
{
    /// <summary>The digest that the provenance sample is about, and that the SBOM samples give their root.</summary>
    public static readonly Digest Artifact = Digest.Of("hello"u8);

    private static readonly string Folder = Repository.Of("tests", "Governance.Core.Tests", "Evidence", "Samples");

    public static ReadOnlySequence<byte> Read(string name) => new(File.ReadAllBytes(Path.Combine(Folder, name)));

    public static string Text(string name) => Encoding.UTF8.GetString(Read(name).ToArray());

    public static IReadOnlyList<string> Names() => [.. Directory.EnumerateFiles(Folder).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];
}
