using System.IO.Compression;
using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Governance.Intune.IntuneWin;
using Governance.Intune.Tests.Support;

namespace Governance.Intune.Tests.IntuneWin;

public sealed class PackingAndUnpacking
{
    [Fact]
    public void Whatever_is_packed_comes_out_again() => Prop.ForAll<byte[]>(content =>
    {
        var (package, manifest) = Packed(IntuneWinFile.Of("setup.exe", content), IntuneWinFile.Of("lib/a.dll", content));
        Assert.Null(IntuneWinPackage.Open(new MemoryStream(package), IntuneWinLimits.Default, out var opened));
        using (opened)
        {
            Assert.Null(Wait(opened!.Verify(default)));
            var plain = new MemoryStream();
            Assert.Null(Wait(opened.Decrypt(plain, default)));
            Assert.Equal(manifest.PlainBytes, plain.Length);
            using var zip = new ZipArchive(plain);
            Assert.Equal(["lib/a.dll", "setup.exe"], zip.Entries.Select(e => e.FullName));
            Assert.Equal(content, Bytes(zip.GetEntry("setup.exe")!.Open()));
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(60).WithReplay(20, 21));

    [Fact]
    public void The_contents_digest_depends_on_the_files_alone_and_the_keys_are_new_each_time()
    {
        var first = Packed(IntuneWinFile.Of("setup.exe", new byte[] { 1 }), IntuneWinFile.Of("a.txt", new byte[] { 2 })).Manifest;
        var second = Packed(new Random(99), IntuneWinFile.Of("a.txt", new byte[] { 2 }), IntuneWinFile.Of("setup.exe", new byte[] { 1 })).Manifest;

        Assert.Equal(first.Keys.FileDigest, second.Keys.FileDigest);
        Assert.NotEqual(first.Keys.EncryptionKey, second.Keys.EncryptionKey);
        Assert.NotEqual(first.Keys.Mac, second.Keys.Mac);
    }

    [Theory]
    [InlineData(3078, 3136)]
    [InlineData(15, 64)]
    [InlineData(16, 80)]
    [InlineData(17, 80)]
    public void The_encrypted_length_is_header_and_padded_content(long plain, long encrypted) =>
        Assert.Equal(encrypted, new IntuneWinManifest("a", "a", plain, Keys(), null).EncryptedBytes);

    [Fact]
    public void The_payload_is_laid_out_as_Microsofts_tool_lays_it_out()
    {
        var (package, manifest) = Packed(IntuneWinFile.Of("setup.exe", new byte[1000]));
        using var zip = new ZipArchive(new MemoryStream(package));
        Assert.Equal(
            ["IntuneWinPackage/Contents/IntunePackage.intunewin", "IntuneWinPackage/Metadata/Detection.xml"], zip.Entries.Select(e => e.FullName));
        Assert.All(zip.Entries, entry => Assert.Equal(entry.Length, entry.CompressedLength));

        var payload = Bytes(zip.Entries[0].Open());
        var keys = manifest.Keys;
        Assert.Equal(manifest.EncryptedBytes, payload.Length);
        Assert.Equal(keys.Mac, payload[..32]);
        Assert.Equal(keys.InitializationVector, payload[32..48]);
        Assert.Equal(keys.Mac, HMACSHA256.HashData(keys.MacKey, payload[32..]));
        using var aes = Aes.Create();
        aes.Key = keys.EncryptionKey;
        Assert.Equal(keys.FileDigest, SHA256.HashData(aes.DecryptCbc(payload[48..], keys.InitializationVector)));
        Assert.DoesNotContain("<?xml", System.Text.Encoding.UTF8.GetString(Bytes(zip.Entries[1].Open())));
    }

    [Fact]
    public void What_is_known_about_an_msi_and_the_setup_files_folder_are_kept()
    {
        var msi = new MsiFacts("{23170F69-40C1-2702-2409-000001000000}", "24.09.00.0", "{23170F69-40C1-2702-0000-000004000000}", "System", true, "Igor & Co");
        var file = new MemoryStream();
        Wait(IntuneWinWriter.Write([IntuneWinFile.Of("x64/tool.msi", new byte[9])], "x64/tool.msi", file, new Random(1).NextBytes, msi, default));

        Assert.Null(IntuneWinPackage.Open(file, IntuneWinLimits.Default, out var opened));
        using (opened)
        {
            Assert.Equal(@"x64\tool.msi", opened!.Manifest.SetupFile);
            Assert.Equal("tool.msi", opened.Manifest.Name);
            Assert.Equal(msi, opened.Manifest.Msi);
            Assert.Null(Wait(opened.Verify(default)));
        }
    }

    [Fact]
    public void A_large_package_goes_through_the_disk_and_leaves_nothing_there()
    {
        var content = new byte[6 << 20];
        new Random(5).NextBytes(content);
        var (package, _) = Packed(IntuneWinFile.Of("setup.exe", content));

        Assert.Null(IntuneWinPackage.Open(new MemoryStream(package), IntuneWinLimits.Default, out var opened));
        using (opened)
        {
            Assert.Null(Wait(opened!.Verify(default)));
        }
    }

    [Theory]
    [InlineData("../setup.exe")]
    [InlineData("/setup.exe")]
    [InlineData("a/../../b.exe")]
    [InlineData("C:/setup.exe")]
    [InlineData("a\\..\\b.exe")]
    [InlineData("")]
    public async Task A_file_outside_of_the_setup_folder_is_not_packed(string path) => await Assert.ThrowsAsync<ArgumentException>(
        () => IntuneWinWriter.Write([IntuneWinFile.Of("setup.exe", new byte[1]), IntuneWinFile.Of(path, new byte[1])], "setup.exe", Stream.Null, _ => { }, null, default));

    [Fact]
    public async Task A_package_needs_its_setup_file_and_different_paths()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => IntuneWinWriter.Write([IntuneWinFile.Of("a", new byte[1])], "b", Stream.Null, _ => { }, null, default));
        await Assert.ThrowsAsync<ArgumentException>(
            () => IntuneWinWriter.Write([IntuneWinFile.Of("a", new byte[1]), IntuneWinFile.Of("A", new byte[1])], "a", Stream.Null, _ => { }, null, default));
    }

    [Fact]
    public void Keys_are_not_printed()
    {
        var (_, manifest) = Packed(IntuneWinFile.Of("setup.exe", new byte[10]));

        Assert.DoesNotContain(Convert.ToBase64String(manifest.Keys.EncryptionKey), manifest.ToString());
        Assert.Contains("(content keys)", manifest.ToString());
    }

    internal static (byte[] Package, IntuneWinManifest Manifest) Packed(params IntuneWinFile[] files) => Packed(new Random(3), files);

    internal static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();

    internal static byte[] Bytes(Stream stream)
    {
        using (stream)
        {
            var copy = new MemoryStream();
            stream.CopyTo(copy);
            return copy.ToArray();
        }
    }

    private static (byte[] Package, IntuneWinManifest Manifest) Packed(Random random, params IntuneWinFile[] files)
    {
        var file = new MemoryStream();
        var manifest = Wait(IntuneWinWriter.Write(files, "setup.exe", file, random.NextBytes, null, default));
        return (file.ToArray(), manifest);
    }

    private static ContentKeys Keys() => new()
    {
        EncryptionKey = new byte[32],
        MacKey = new byte[32],
        InitializationVector = new byte[16],
        Mac = new byte[32],
        FileDigest = new byte[32],
    };
}
