using Governance.Core.Evidence.Json;

namespace Governance.Core.Evidence.Document;

/// <summary><c>$.artifact</c>.</summary>
internal static class ArtifactPart
{
    // Far above what Intune takes; the upload has its own, configured limit.
    private const long MostBytes = 1L << 40;
    private const int FileNameBytes = 255;

    public static ArtifactFacts? Read(ref JsonCursor json)
    {
        if (!json.EnterObject())
        {
            return null;
        }

        var before = json.ErrorCount;
        Digest? sha256 = null;
        long? size = null;
        string? fileName = null;
        while (json.NextProperty())
        {
            switch (json.Name)
            {
                case "sha256":
                    sha256 = json.Sha256();
                    break;
                case "size_bytes":
                    size = json.Integer(1, MostBytes);
                    break;
                case "file_name":
                    fileName = FileName(ref json);
                    break;
                case "kind":
                    Kind(ref json);
                    break;
            }
        }

        if (sha256 is { } digest && size is { } bytes && fileName is not null)
        {
            return new(digest, bytes, fileName);
        }

        if (json.ErrorCount == before)
        {
            json.Error("needs sha256, size_bytes and file_name");
        }

        return null;
    }

    private static string? FileName(ref JsonCursor json)
    {
        var name = json.Identifier(FileNameBytes);
        if (name is null or not (".." or ".") && !(name?.AsSpan().ContainsAny('/', '\\') ?? false))
        {
            return name;
        }

        json.Error("must be a file's name without a folder");
        return null;
    }

    private static void Kind(ref JsonCursor json)
    {
        if (json.Identifier() is { } kind && kind != "intunewin")
        {
            json.Error("must be intunewin");
        }
    }
}
