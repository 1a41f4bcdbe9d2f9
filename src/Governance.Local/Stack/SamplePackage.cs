using System.Security.Cryptography;
using System.Text;
using Governance.Intune.IntuneWin;

namespace Governance.Local.Stack;

/// <summary>A small but real .intunewin package, made on the spot.</summary>
internal static class SamplePackage
{
    /// <summary>Packs a setup folder of a script and a text.</summary>
    /// <param name="app">Goes into the files, so that each app's package differs.</param>
    /// <param name="version">As well.</param>
    /// <param name="random">Keys; the system's where null.</param>
    public static async Task<byte[]> Make(string app, string version, RandomSource? random = null)
    {
        using var output = new MemoryStream();
        await IntuneWinWriter.Write(
            [
                IntuneWinFile.Of("install.cmd", Encoding.UTF8.GetBytes($"@echo off\r\necho Installing {app} {version}\r\nexit /b 0\r\n")),
                IntuneWinFile.Of("readme.txt", Encoding.UTF8.GetBytes($"{app} {version}\r\n")),
            ],
            "install.cmd",
            output,
            random ?? RandomNumberGenerator.Fill,
            msi: null,
            CancellationToken.None);
        return output.ToArray();
    }
}
