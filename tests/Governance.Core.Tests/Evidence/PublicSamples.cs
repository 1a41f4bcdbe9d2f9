using System.Buffers;
using Governance.Testing;

namespace Governance.Core.Tests.Evidence;

/// <summary>
/// Real evidence files of public projects, kept beside the repository and not in it. Where they are absent, tests that need them are skipped.
/// </summary>
internal static class PublicSamples
{
    private static readonly string? Folder = Repository.PublicSamples;

    public static ReadOnlySequence<byte> Read(string name)
    {
        if (Folder is null)
        {
            Assert.Skip("The public evidence samples are not beside the repository (shared/samples/evidence).");
        }

        return new(File.ReadAllBytes(Path.Combine(Folder, name)));
    }

    public static IReadOnlyList<string> Names() =>
        Folder is null ? [] : [.. Directory.EnumerateFiles(Folder).Where(f => !f.EndsWith(".md", StringComparison.Ordinal)).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];
}
