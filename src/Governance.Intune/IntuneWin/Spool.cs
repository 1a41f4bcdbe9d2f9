namespace Governance.Intune.IntuneWin;

/// <summary>A seekable place for bytes that are needed twice: memory while they are few, else a file that vanishes when it is closed.</summary>
internal static class Spool
{
    /// <summary>Above this a file is used: some hundred publishes at once must not fill memory.</summary>
    private const long InMemory = 4 << 20;

    /// <param name="expected">Length that is to be expected, bytes; a hint only.</param>
    public static Stream Open(long expected)
    {
        if (expected <= InMemory)
        {
            return new MemoryStream((int)Math.Max(expected, 0));
        }

        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous | FileOptions.SequentialScan,
        };
        if (!OperatingSystem.IsWindows())
        {
            // Plain content may be under licence: nobody else on the machine needs to read it.
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), options);
    }
}
