namespace Governance.Functions.Configuration;

/// <summary>The <c>Values</c> of local.settings.json, as the Functions tools put them into the environment, so that the same file serves without those tools.</summary>
internal static class LocalSettings
{
    /// <summary>The file's name; looked for in the current folder, never published and never committed.</summary>
    public const string FileName = "local.settings.json";

    /// <summary>Adds a file's values, where there is one.</summary>
    /// <exception cref="InvalidSettingsException">The file is not JSON.</exception>
    public static void Add(IConfigurationBuilder configuration, string path = FileName)
    {
        if (!File.Exists(path))
        {
            return;
        }

        IConfigurationRoot file;
        try
        {
            file = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(path), optional: false, reloadOnChange: false).Build();
        }
        catch (InvalidDataException broken)
        {
            throw new InvalidSettingsException([$"{path} is not JSON: {broken.InnerException?.Message ?? broken.Message}"]);
        }

        configuration.AddInMemoryCollection(file.GetSection("Values").GetChildren()
            .Select(value => KeyValuePair.Create(value.Key.Replace("__", ":", StringComparison.Ordinal), value.Value)));
    }
}
