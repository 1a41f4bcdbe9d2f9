using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Governance.Intune.IntuneWin;

/// <summary>Reads and writes Detection.xml. Element names are matched without namespace: tools of different age declare different ones.</summary>
internal static class DetectionXml
{
    // What every tool writes is three deep.
    private const int MaxDepth = 16;

    /// <param name="xml">Seekable, for it is read twice.</param>
    public static (IntuneWinManifest? Manifest, IntuneWinDefect? Defect) Read(Stream xml)
    {
        XElement root;
        try
        {
            if (IsDeeper(xml))
            {
                return (null, new(IntuneWinCheck.DetectionXml, $"Detection.xml cannot be read: its elements are nested more than {MaxDepth} deep."));
            }

            xml.Position = 0;
            using var reader = Reader(xml);
            root = XDocument.Load(reader).Root!;
        }
        catch (XmlException malformed)
        {
            return (null, new(IntuneWinCheck.DetectionXml, $"Detection.xml cannot be read: line {malformed.LineNumber}, position {malformed.LinePosition}."));
        }

        return new Fields(root).Manifest();
    }

    public static XElement Write(IntuneWinManifest manifest, string payloadName) => new(
        "ApplicationInfo",
        new XAttribute("ToolVersion", "1.8.6.0"),
        new XElement("Name", manifest.Name),
        new XElement("UnencryptedContentSize", manifest.PlainBytes.ToString(CultureInfo.InvariantCulture)),
        new XElement("FileName", payloadName),
        new XElement("SetupFile", manifest.SetupFile),
        new XElement(
            "EncryptionInfo",
            Binary("EncryptionKey", manifest.Keys.EncryptionKey),
            Binary("MacKey", manifest.Keys.MacKey),
            Binary("InitializationVector", manifest.Keys.InitializationVector),
            Binary("Mac", manifest.Keys.Mac),
            new XElement("ProfileIdentifier", ContentKeys.ProfileIdentifier),
            Binary("FileDigest", manifest.Keys.FileDigest),
            new XElement("FileDigestAlgorithm", ContentKeys.DigestAlgorithm)),
        manifest.Msi is { } msi ? Msi(msi) : null);

    // XDocument takes time that grows with the square of the depth: minutes for a megabyte of nothing but opening tags.
    private static bool IsDeeper(Stream xml)
    {
        using var reader = Reader(xml);
        while (reader.Read())
        {
            if (reader.Depth > MaxDepth)
            {
                return true;
            }
        }

        return false;
    }

    private static XmlReader Reader(Stream xml) => XmlReader.Create(xml, new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true });

    private static XElement Binary(string name, byte[] value) => new(name, Convert.ToBase64String(value));

    private static XElement Msi(MsiFacts msi) => new(
        "MsiInfo",
        new XElement("MsiProductCode", msi.ProductCode),
        new XElement("MsiProductVersion", msi.ProductVersion),
        msi.UpgradeCode is null ? null : new XElement("MsiUpgradeCode", msi.UpgradeCode),
        msi.ExecutionContext is null ? null : new XElement("MsiExecutionContext", msi.ExecutionContext),
        new XElement("MsiRequiresReboot", msi.RequiresReboot ? "true" : "false"),
        msi.Publisher is null ? null : new XElement("MsiPublisher", msi.Publisher));

    /// <summary>The fields of one document; remembers the first that is wrong.</summary>
    private sealed class Fields(XElement root)
    {
        private IntuneWinDefect? _defect;

        public (IntuneWinManifest?, IntuneWinDefect?) Manifest()
        {
            var encryption = Child(root, "EncryptionInfo");
            var setup = Text(root, "SetupFile");
            var size = Text(root, "UnencryptedContentSize");
            if (!long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var plain) || plain == 0)
            {
                _defect ??= new(IntuneWinCheck.DetectionField, "UnencryptedContentSize is no positive number.");
            }

            var keys = new ContentKeys
            {
                EncryptionKey = Bytes(encryption, "EncryptionKey", ContentKeys.KeyBytes),
                MacKey = Bytes(encryption, "MacKey", ContentKeys.KeyBytes),
                InitializationVector = Bytes(encryption, "InitializationVector", ContentKeys.IvBytes),
                Mac = Bytes(encryption, "Mac", ContentKeys.MacBytes),
                FileDigest = Bytes(encryption, "FileDigest", 32),
            };
            Fixed(encryption, "ProfileIdentifier", ContentKeys.ProfileIdentifier);
            Fixed(encryption, "FileDigestAlgorithm", ContentKeys.DigestAlgorithm);
            var name = Optional(root, "Name") ?? setup;
            return _defect is null ? (new(name, setup, plain, keys, Msi(Child(root, "MsiInfo"))), null) : (null, _defect);
        }

        private static XElement? Child(XElement? parent, string name) => parent?.Elements().FirstOrDefault(e => e.Name.LocalName == name);

        private static string? Optional(XElement? parent, string name) =>
            Child(parent, name)?.Value.Trim() is { Length: > 0 } value ? value : null;

        private string Text(XElement? parent, string name)
        {
            var value = Optional(parent, name);
            if (value is null)
            {
                _defect ??= new(IntuneWinCheck.DetectionField, $"{name} is missing in Detection.xml.");
            }

            return value ?? string.Empty;
        }

        private byte[] Bytes(XElement? parent, string name, int length)
        {
            var text = Text(parent, name);
            var bytes = new byte[length];
            if (!Convert.TryFromBase64String(text, bytes, out var written) || written != length)
            {
                _defect ??= new(IntuneWinCheck.KeyLength, $"{name} is not the base64 of {length} bytes.");
            }

            return bytes;
        }

        private void Fixed(XElement? parent, string name, string expected)
        {
            if (Text(parent, name) is { Length: > 0 } value && value != expected)
            {
                _defect ??= new(IntuneWinCheck.Profile, $"{name} is '{value}', Intune knows only '{expected}'.");
            }
        }

        private static MsiFacts? Msi(XElement? msi) => Optional(msi, "MsiProductCode") is { } code
            ? new(
                code,
                Optional(msi, "MsiProductVersion") ?? string.Empty,
                Optional(msi, "MsiUpgradeCode"),
                Optional(msi, "MsiExecutionContext"),
                string.Equals(Optional(msi, "MsiRequiresReboot"), "true", StringComparison.OrdinalIgnoreCase),
                Optional(msi, "MsiPublisher"))
            : null;
    }
}
