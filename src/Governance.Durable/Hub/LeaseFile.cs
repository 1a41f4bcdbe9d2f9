namespace Governance.Durable.Hub;

/// <summary>
/// Keeps this process's lease id in a local file, so that after a crash the next start takes the lease back at once instead of waiting
/// for it to end. The file is held open: a second process that is started beside this one takes an id of its own and waits.
/// </summary>
internal sealed class LeaseFile : IDisposable
{
    private readonly FileStream? _file;

    private LeaseFile(string leaseId, FileStream? file) => (LeaseId, _file) = (leaseId, file);

    /// <summary>A GUID in its "D" form.</summary>
    public string LeaseId { get; }

    /// <summary>Reads the id, or makes the file with a new one.</summary>
    /// <param name="path">Null: a new id that nobody keeps.</param>
    public static LeaseFile Open(string? path, Func<Guid> newId)
    {
        if (path is null)
        {
            return new(newId().ToString("D"), null);
        }

        FileStream file;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            // Another process holds it, and with it the id.
            return new(newId().ToString("D"), null);
        }

        using var reader = new StreamReader(file, leaveOpen: true);
        if (Guid.TryParseExact(reader.ReadToEnd().Trim(), "D", out var known))
        {
            return new(known.ToString("D"), file);
        }

        var made = newId().ToString("D");
        file.SetLength(0);
        file.Write(System.Text.Encoding.ASCII.GetBytes(made));
        file.Flush(flushToDisk: true);
        return new(made, file);
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();
}
