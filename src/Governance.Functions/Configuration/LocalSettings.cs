namespace Governance.Functions.Configuration;

/// <summary>The <c>Values</c> of local.settings.json, as the Functions tools put them into the environment, so that the same file serves without those tools.</summary>
internal static class LocalSettings
{
    /// <summary>The file's name; looked for in the current folder, never published and never committed.</summary>
    public const string FileName = "local.settings.json";

    /// <summary>Adds the file's values, where there is one.</summary>
    public static void Add(IConfigurationBuilder configuration)
    {
        if (!File.Exists(FileName))
        {
            return;
        }

        var file = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(FileName), optional: false, reloadOnChange: false).Build();
        configuration.AddInMemoryCollection(file.GetSection("Values").GetChildren()
            .Select(value => KeyValuePair.Create(value.Key.Replace("__", ":", StringComparison.Ordinal), value.Value)));
    }
}
