using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Governance.Intune.IntuneWin;

namespace Governance.Intune.Tests.IntuneWin;

public sealed class TamperingWithAPackage
{
    private const string PayloadEntry = "IntuneWinPackage/Contents/IntunePackage.intunewin";
    private const string DetectionEntry = "IntuneWinPackage/Metadata/Detection.xml";

    [Theory]
    [InlineData(0, IntuneWinCheck.MacField)]
    [InlineData(31, IntuneWinCheck.MacField)]
    [InlineData(32, IntuneWinCheck.InitializationVector)]
    [InlineData(47, IntuneWinCheck.InitializationVector)]
    [InlineData(48, IntuneWinCheck.Mac)]
    [InlineData(200, IntuneWinCheck.Mac)]
    [InlineData(-1, IntuneWinCheck.Mac)]
    public async Task An_altered_byte_of_the_payload_is_found_and_its_check_is_named(int at, IntuneWinCheck check)
    {
        var parts = Parts.Of();
        parts.Payload[at < 0 ? parts.Payload.Length + at : at] ^= 1;

        Assert.Equal(check, (await Verify(parts.Zip()))?.Check);
    }

    [Fact]
    public async Task No_byte_of_the_payload_can_be_altered_unseen()
    {
        var parts = Parts.Of();
        for (var at = 0; at < parts.Payload.Length; at++)
        {
            parts.Payload[at] ^= 0x80;
            Assert.NotNull(await Verify(parts.Zip()));
            parts.Payload[at] ^= 0x80;
        }

        Assert.Null(await Verify(parts.Zip()));
    }

    [Theory]
    [InlineData("EncryptionKey", IntuneWinCheck.Padding)]
    [InlineData("MacKey", IntuneWinCheck.Mac)]
    [InlineData("InitializationVector", IntuneWinCheck.InitializationVector)]
    [InlineData("Mac", IntuneWinCheck.MacField)]
    [InlineData("FileDigest", IntuneWinCheck.FileDigest)]
    public async Task Another_key_or_digest_is_found_and_its_check_is_named(string field, IntuneWinCheck check)
    {
        var parts = Parts.Of();
        var value = Convert.FromBase64String(parts.Field(field));
        value[^1] ^= 1;
        parts.SetField(field, Convert.ToBase64String(value));

        // A wrong key may leave padding that looks right by chance; then the digest tells. With this package it is the padding.
        Assert.Equal(check, (await Verify(parts.Zip()))?.Check);
    }

    [Theory]
    [InlineData("EncryptionKey", "AAAA", IntuneWinCheck.KeyLength)]
    [InlineData("MacKey", "no base64!", IntuneWinCheck.KeyLength)]
    [InlineData("FileDigest", "", IntuneWinCheck.DetectionField)]
    [InlineData("SetupFile", "", IntuneWinCheck.DetectionField)]
    [InlineData("SetupFile", "other.exe", IntuneWinCheck.SetupFile)]
    [InlineData("UnencryptedContentSize", "-5", IntuneWinCheck.DetectionField)]
    [InlineData("UnencryptedContentSize", "0", IntuneWinCheck.DetectionField)]
    [InlineData("UnencryptedContentSize", "9223372036854775807", IntuneWinCheck.PayloadLength)]
    [InlineData("UnencryptedContentSize", "17", IntuneWinCheck.PayloadLength)]
    [InlineData("ProfileIdentifier", "ProfileVersion2", IntuneWinCheck.Profile)]
    [InlineData("FileDigestAlgorithm", "SHA1", IntuneWinCheck.Profile)]
    public async Task A_field_that_cannot_be_is_refused_by_name(string field, string value, IntuneWinCheck check)
    {
        var parts = Parts.Of();
        parts.SetField(field, value);

        Assert.Equal(check, (await Verify(parts.Zip()))?.Check);
    }

    [Fact]
    public async Task A_length_one_off_within_the_same_block_is_found_after_decryption()
    {
        var parts = Parts.Of();
        var size = long.Parse(parts.Field("UnencryptedContentSize"), System.Globalization.CultureInfo.InvariantCulture);
        parts.SetField("UnencryptedContentSize", $"{(size % 16 == 15 ? size - 1 : size + 1)}");

        Assert.Equal(IntuneWinCheck.PlainLength, (await Verify(parts.Zip()))?.Check);
    }

    [Theory]
    [InlineData("not xml at all")]
    [InlineData("<ApplicationInfo>")]
    [InlineData("<!DOCTYPE a [<!ENTITY x \"y\">]><ApplicationInfo>&x;</ApplicationInfo>")]
    public async Task Detection_xml_that_is_malformed_or_has_a_dtd_is_refused(string xml)
    {
        var parts = Parts.Of();
        parts.Xml = xml;

        Assert.Equal(IntuneWinCheck.DetectionXml, (await Verify(parts.Zip()))?.Check);
    }

    [Fact]
    public async Task Namespaces_and_comments_of_other_tools_are_forgiven()
    {
        var parts = Parts.Of();
        parts.Xml = parts.Xml.Replace(
            "<ApplicationInfo ", "<!-- x --><ApplicationInfo xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" xmlns=\"urn:other\" ", StringComparison.Ordinal);

        Assert.Null(await Verify(parts.Zip()));
    }

    [Fact]
    public async Task The_outer_zip_must_hold_both_entries_once_and_little_else()
    {
        var parts = Parts.Of();

        Assert.Equal(IntuneWinCheck.OuterZip, (await Verify([1, 2, 3]))?.Check);
        Assert.Equal(IntuneWinCheck.OuterEntries, (await Verify(Zip((DetectionEntry, Encoding.UTF8.GetBytes(parts.Xml), false))))?.Check);
        Assert.Equal(IntuneWinCheck.OuterEntries, (await Verify(Zip((PayloadEntry, parts.Payload, false))))?.Check);
        Assert.Equal(
            IntuneWinCheck.OuterEntries,
            (await Verify(Zip((PayloadEntry, parts.Payload, false), (PayloadEntry, parts.Payload, false), (DetectionEntry, Encoding.UTF8.GetBytes(parts.Xml), false))))?.Check);
        Assert.Equal(
            IntuneWinCheck.OuterLimits,
            (await Verify(Zip([.. Enumerable.Range(0, 40).Select(i => ($"e{i}", Array.Empty<byte>(), false))])))?.Check);
    }

    [Fact]
    public async Task A_Detection_xml_that_is_nothing_but_depth_is_refused_before_it_is_taken_in()
    {
        var deep = Parts.Of();
        deep.Xml = new StringBuilder().Insert(0, "<a>", 340_000).ToString();
        var closed = Parts.Of();
        closed.Xml = closed.Xml.Replace("</SetupFile>", $"{new StringBuilder().Insert(0, "<a>", 20)}{new StringBuilder().Insert(0, "</a>", 20)}</SetupFile>", StringComparison.Ordinal);

        foreach (var parts in new[] { deep, closed })
        {
            var defect = await Verify(parts.Zip());
            Assert.Equal(IntuneWinCheck.DetectionXml, defect?.Check);
            Assert.Contains("16 deep", defect!.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_payload_that_compresses_is_no_ciphertext_and_an_endless_Detection_xml_is_not_read()
    {
        var parts = Parts.Of();

        Assert.Equal(
            IntuneWinCheck.OuterLimits,
            (await Verify(Zip((PayloadEntry, new byte[1 << 20], true), (DetectionEntry, Encoding.UTF8.GetBytes(parts.Xml), false))))?.Check);
        Assert.Equal(
            IntuneWinCheck.OuterLimits,
            (await Verify(Zip((PayloadEntry, parts.Payload, false), (DetectionEntry, new byte[(1 << 20) + 1], true))))?.Check);
        Assert.Equal(
            IntuneWinCheck.OuterLimits,
            (await Verify(parts.Zip(), IntuneWinLimits.Default with { PayloadBytes = parts.Payload.Length - 1 }))?.Check);
    }

    [Fact]
    public async Task A_damaged_zip_entry_is_named()
    {
        var zip = Parts.Of().Zip();

        // Behind the local header of the first entry stands the payload, stored: the ZIP's own checksum is not ours to trust, the MAC is.
        zip[200] ^= 1;

        Assert.NotNull(await Verify(zip));
    }

    [Theory]
    [InlineData("../evil.exe")]
    [InlineData("..\\evil.exe")]
    [InlineData("/etc/evil")]
    [InlineData("C:\\evil.exe")]
    public async Task A_name_that_leaves_its_folder_is_refused(string name) =>
        Assert.Equal(IntuneWinCheck.InnerNames, (await Verify(Parts.OfInner(Zip(("setup.exe", [1], false), (name, [1], false))).Zip()))?.Check);

    [Fact]
    public async Task Content_that_is_no_zip_or_unpacks_beyond_reason_is_refused()
    {
        var zeros = Zip(("setup.exe", new byte[80 << 20], true));

        Assert.Equal(IntuneWinCheck.InnerZip, (await Verify(Parts.OfInner(new byte[100]).Zip()))?.Check);
        Assert.Equal(IntuneWinCheck.InnerLimits, (await Verify(Parts.OfInner(zeros).Zip()))?.Check);
        Assert.Null(await Verify(Parts.OfInner(zeros).Zip(), IntuneWinLimits.Default with { UnpackedRatio = 100_000 }));
        Assert.Equal(
            IntuneWinCheck.InnerLimits,
            (await Verify(Parts.OfInner(zeros).Zip(), IntuneWinLimits.Default with { UnpackedRatio = 100_000, UnpackedBytes = 79 << 20 }))?.Check);
        Assert.Equal(
            IntuneWinCheck.InnerLimits,
            (await Verify(Parts.OfInner(Zip(("setup.exe", [1], false), ("b", [1], false))).Zip(), IntuneWinLimits.Default with { InnerEntries = 1 }))?.Check);
    }

    private static async Task<IntuneWinDefect?> Verify(byte[] file, IntuneWinLimits? limits = null)
    {
        var defect = IntuneWinPackage.Open(new MemoryStream(file), limits ?? IntuneWinLimits.Default, out var package);
        using (package)
        {
            Assert.Equal(defect is null, package is not null);
            return defect ?? await package!.Verify(default);
        }
    }

    private static byte[] Zip(params (string Name, byte[] Bytes, bool Compress)[] entries)
    {
        var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes, compress) in entries)
            {
                using var entry = zip.CreateEntry(name, compress ? CompressionLevel.Optimal : CompressionLevel.NoCompression).Open();
                entry.Write(bytes);
            }
        }

        return file.ToArray();
    }

    /// <summary>The two entries of a package, to be changed and put together again.</summary>
    private sealed class Parts
    {
        public required byte[] Payload { get; init; }

        public required string Xml { get; set; }

        public static Parts Of()
        {
            var (package, _) = PackingAndUnpacking.Packed(IntuneWinFile.Of("setup.exe", Enumerable.Range(0, 250).Select(i => (byte)i).ToArray()));
            using var zip = new ZipArchive(new MemoryStream(package));
            return new()
            {
                Payload = PackingAndUnpacking.Bytes(zip.GetEntry(PayloadEntry)!.Open()),
                Xml = Encoding.UTF8.GetString(PackingAndUnpacking.Bytes(zip.GetEntry(DetectionEntry)!.Open())),
            };
        }

        /// <summary>A package around any content, with right keys and digests, as an attacker with a packaging tool makes it.</summary>
        public static Parts OfInner(byte[] plain)
        {
            var payload = new MemoryStream();
            var keys = PackingAndUnpacking.Wait(PayloadCipher.Encrypt(new MemoryStream(plain), payload, new Random(4).NextBytes, default));
            return new()
            {
                Payload = payload.ToArray(),
                Xml = DetectionXml.Write(new("setup.exe", "setup.exe", plain.Length, keys, null), "IntunePackage.intunewin").ToString(),
            };
        }

        public byte[] Zip() => TamperingWithAPackage.Zip((PayloadEntry, Payload, false), (DetectionEntry, Encoding.UTF8.GetBytes(Xml), false));

        public string Field(string name) => Xml.Split($"<{name}>")[1].Split($"</{name}>")[0];

        public void SetField(string name, string value) => Xml = Xml.Replace($"<{name}>{Field(name)}</{name}>", $"<{name}>{value}</{name}>", StringComparison.Ordinal);
    }
}
