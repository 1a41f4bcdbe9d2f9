namespace Governance.Testing;

/// <summary>The checkout that the tests were built from.</summary>
public static class Repository
{
    /// <summary>The folder with Governance.sln.</summary>
    public static string Root { get; } = Find();

    /// <summary>Real evidence files of public projects, which are kept beside the repository and not in it; null where they are absent.</summary>
    public static string? PublicSamples { get; } = Existing(Path.Combine(Root, "..", "shared", "samples", "evidence"));

    /// <summary>The path of a file or folder of the checkout.</summary>
    public static string Of(params string[] steps) => Path.Combine([Root, .. steps]);

    private static string? Existing(string folder) => Directory.Exists(folder) ? folder : null;

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Governance.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("No Governance.sln above the tests.");
        }

        return folder.FullName;
    }
}
