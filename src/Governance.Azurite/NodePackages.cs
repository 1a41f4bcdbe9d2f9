using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;

namespace Governance.Azurite;

/// <summary>The folder that npm fills: found from where the program lies, filled once by whoever comes first.</summary>
internal static class NodePackages
{
    // Beside the packages: the digest of the lock file that they were installed from. A time stamp would lie after a checkout.
    private const string Stamp = ".installed-from";

    /// <summary>Walks up from the program to the solution's folder.</summary>
    /// <exception cref="AzuriteException">The program does not lie inside a checkout.</exception>
    public static string Find(string from)
    {
        for (var folder = new DirectoryInfo(from); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Governance.sln")))
            {
                return Path.Combine(folder.FullName, "src", "Governance.Azurite", "npm");
            }
        }

        throw new AzuriteException($"No Governance.sln lies above {from}: start from a checkout, or name the package folder.");
    }

    /// <summary>Installs the packages unless those of this very lock file are there; several processes may call it at once.</summary>
    /// <exception cref="AzuriteException">There is no npm, or it failed.</exception>
    public static async Task EnsureInstalled(string folder, Action<string>? progress, CancellationToken cancellation)
    {
        var lockFile = Path.Combine(folder, "package-lock.json");
        if (!File.Exists(lockFile))
        {
            throw new AzuriteException($"{lockFile} is missing: the package folder is not the one of this project.");
        }

        var wanted = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(lockFile, cancellation)));
        var stamp = Path.Combine(folder, "node_modules", Stamp);
        if (await IsInstalled(stamp, wanted, cancellation))
        {
            return;
        }

        await using var held = await TakeLock(Path.Combine(folder, ".install.lock"), cancellation);
        if (await IsInstalled(stamp, wanted, cancellation))
        {
            return;
        }

        progress?.Invoke("Installing the storage emulator (npm ci)");
        await RunNpm(folder, cancellation);
        Directory.CreateDirectory(Path.GetDirectoryName(stamp)!);
        await File.WriteAllTextAsync(stamp, wanted, cancellation);
    }

    private static async Task<bool> IsInstalled(string stamp, string wanted, CancellationToken cancellation) =>
        File.Exists(stamp) && await File.ReadAllTextAsync(stamp, cancellation) == wanted;

    private static async Task<FileStream> TakeLock(string path, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                // Another process installs: the system gives the lock back when that one ends, however it ends.
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellation);
            }
        }
    }

    private static async Task RunNpm(string folder, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? "npm.cmd" : "npm")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "ci", "--ignore-scripts", "--no-audit", "--no-fund" },
        };
        using var npm = Start(start, "npm is not on the PATH: install Node.js 20 or newer, which brings it.");
        var output = npm.StandardOutput.ReadToEndAsync(cancellation);
        var errors = await npm.StandardError.ReadToEndAsync(cancellation);
        await output;
        await npm.WaitForExitAsync(cancellation);
        if (npm.ExitCode != 0)
        {
            throw new AzuriteException($"npm ci in {folder} ended with {npm.ExitCode}: {LastLines(errors)}");
        }
    }

    /// <summary>Starts a program; a missing one is told in the given sentence.</summary>
    internal static Process Start(ProcessStartInfo start, string whenMissing)
    {
        try
        {
            return Process.Start(start) ?? throw new AzuriteException(whenMissing);
        }
        catch (Win32Exception missing)
        {
            throw new AzuriteException(whenMissing, missing);
        }
    }

    internal static string LastLines(string text) =>
        string.Join(" / ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(3));
}
