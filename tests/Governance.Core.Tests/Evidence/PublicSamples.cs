using System.Buffers;

namespace Governance.Core.Tests.Evidence;

/// <summary>
/// Real evidence files of public projects, kept beside the repository and not in it. Where they are absent, tests that need them are skipped.
/// </summary>
internal static class PublicSamples
{
    private static readonly string? Folder = Find();

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

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Governance.sln")))
            {
                var samples = Path.Combine(folder.FullName, "..", "shared", "samples", "evidence");
                return Directory.Exists(samples) ? samples : null;
            }
        }

        return null;
    }
}
