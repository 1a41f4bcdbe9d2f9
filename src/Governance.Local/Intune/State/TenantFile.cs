using System.Text.Json;

namespace Governance.Local.Intune.State;

/// <summary>
/// Keeps a simulated tenant in a file, so that a process which is killed comes back with all it had answered: what a request changed is appended
/// before it is answered. It outlives the process, not the machine.
/// </summary>
internal sealed class TenantFile : IDisposable
{
    private readonly Lock _gate = new();
    private readonly FileStream _file;
    private readonly Dictionary<string, byte[]> _written = new(StringComparer.Ordinal);

    private TenantFile(FileStream file) => _file = file;

    /// <summary>Puts what a file holds into a tenant that is empty, and keeps the tenant in it from now on.</summary>
    /// <param name="path">Made where it is missing. A last line that was not written to its end was never answered, and counts for nothing.</param>
    /// <param name="tenant">Nobody serves it yet.</param>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    /// <exception cref="InvalidDataException">A line before the last is none of a tenant.</exception>
    public static TenantFile Open(string path, SimulatedTenant tenant)
    {
        var (apps, blobs, lives) = Read(path);
        foreach (var app in apps.Values.Select(stored => stored.ToApp()))
        {
            tenant.Add(app);
            foreach (var blob in app.Versions.SelectMany(version => version.Files).Where(file => !file.Committed).Select(file => file.Blob).OfType<SimulatedBlob>())
            {
                blob.Restore(blobs.GetValueOrDefault(blob.Path));
                tenant.Blobs[blob.Path] = blob;
            }
        }

        tenant.Dice.Stir(lives + 1);

        // Anew and short, and in place of the old one only when it is whole.
        var fresh = $"{path}.new";
        var file = new TenantFile(new(fresh, FileMode.Create, FileAccess.Write, FileShare.Read | FileShare.Delete));
        file.Append("life", new() { Life = lives + 1 });
        foreach (var app in tenant.Apps)
        {
            file.Keep(app);
        }

        foreach (var blob in tenant.Blobs.Values)
        {
            file.Keep(blob);
        }

        File.Move(fresh, path, overwrite: true);
        return file;
    }

    /// <summary>Whether anything of an app was written, in this life.</summary>
    public bool Knows(string app)
    {
        lock (_gate)
        {
            return _written.ContainsKey(app);
        }
    }

    /// <summary>Writes how an app stands, where that has changed.</summary>
    public void Keep(SimulatedApp app)
    {
        lock (app.Gate)
        {
            Append(app.Id, new() { App = StoredApp.Of(app) });
        }
    }

    /// <summary>Writes that an app is gone.</summary>
    public void Forget(string app) => Append(app, new() { Gone = app });

    /// <summary>Writes what an address holds.</summary>
    public void Keep(SimulatedBlob blob)
    {
        // Under this lock whoever stores later writes later.
        lock (_gate)
        {
            Append(blob.Path, new() { Blob = blob.Store() });
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static (Dictionary<string, StoredApp> Apps, Dictionary<string, StoredBlob> Blobs, int Lives) Read(string path)
    {
        var (apps, blobs, lives) = (new Dictionary<string, StoredApp>(StringComparer.OrdinalIgnoreCase), new Dictionary<string, StoredBlob>(StringComparer.Ordinal), 0);
        var lines = File.Exists(path) ? File.ReadAllText(path).Split('\n') : [];

        // Behind the last line's end stands nothing, or what was never answered.
        foreach (var text in lines.SkipLast(1))
        {
            var line = Parse(text, path);
            lives = line.Life ?? lives;
            if (line.App is { } app)
            {
                apps[app.Id] = app;
            }

            if (line.Gone is { } gone)
            {
                apps.Remove(gone);
            }

            if (line.Blob is { } blob)
            {
                blobs[blob.Path] = blob;
            }
        }

        return (apps, blobs, lives);
    }

    private static StoredLine Parse(string text, string path)
    {
        try
        {
            return JsonSerializer.Deserialize(text, StoredTenantJson.Default.StoredLine) ?? throw new InvalidDataException($"{path} has an empty line.");
        }
        catch (JsonException broken)
        {
            throw new InvalidDataException($"{path} is not the file of a simulated tenant: {broken.Message}", broken);
        }
    }

    private void Append(string about, StoredLine line)
    {
        byte[] bytes = [.. JsonSerializer.SerializeToUtf8Bytes(line, StoredTenantJson.Default.StoredLine), (byte)'\n'];
        lock (_gate)
        {
            if (!_written.TryGetValue(about, out var before) || !before.AsSpan().SequenceEqual(bytes))
            {
                _written[about] = bytes;
                _file.Write(bytes);
                _file.Flush();
            }
        }
    }
}
