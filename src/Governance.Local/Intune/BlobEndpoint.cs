using System.Xml;
using System.Xml.Linq;

namespace Governance.Local.Intune;

/// <summary>The upload target, as Storage behaves: signatures, blocks, and their list.</summary>
internal sealed class BlobEndpoint(SimulatedTenant tenant)
{
    public SimulatedReply Put(SimulatedCall call, bool corrupt)
    {
        if (call.Authorization is not null)
        {
            return SimulatedReply.StorageError(403, "AuthenticationFailed", "An Authorization header and a signature exclude each other.");
        }

        if (!tenant.Blobs.TryGetValue(call.Path, out var blob) || call.Query("si") != blob.Policy || tenant.Now < blob.KnownFrom)
        {
            return SimulatedReply.StorageError(403, "AuthenticationFailed", "SAS identifier cannot be found for specified signed identifier");
        }

        if (call.Query("sig") != blob.Signature || tenant.Now >= blob.ExpiresAt)
        {
            return SimulatedReply.StorageError(403, "AuthenticationFailed", "Signature not valid in the specified time frame");
        }

        switch (call.Query("comp"))
        {
            case "block":
                return Block(call, blob, corrupt);
            case "blocklist":
                return List(call, blob);
            case null:
                blob.PutWhole();
                return Created(call);
            default:
                return SimulatedReply.StorageError(400, "InvalidQueryParameterValue", "comp");
        }
    }

    private static SimulatedReply Block(SimulatedCall call, SimulatedBlob blob, bool corrupt)
    {
        var id = call.Query("blockid") ?? string.Empty;
        var decoded = new byte[id.Length];
        if (!Convert.TryFromBase64String(id, decoded, out var length) || length is 0 or > 64)
        {
            return SimulatedReply.StorageError(400, "InvalidQueryParameterValue", "blockid");
        }

        if (corrupt && call.Body.Length > 0)
        {
            call.Body[^1] ^= 1;
        }

        return blob.Stage(id, call.Body) ? Created(call) : SimulatedReply.StorageError(400, "InvalidBlobOrBlock", "The block ids differ in length.");
    }

    private static SimulatedReply List(SimulatedCall call, SimulatedBlob blob)
    {
        try
        {
            using var xml = XmlReader.Create(new MemoryStream(call.Body), new() { DtdProcessing = DtdProcessing.Prohibit });
            var ids = XDocument.Load(xml).Root!.Elements()
                .Where(element => element.Name.LocalName is "Latest" or "Uncommitted" or "Committed")
                .Select(element => element.Value)
                .ToArray();
            return blob.List(ids) ? Created(call) : SimulatedReply.StorageError(400, "InvalidBlockList", "The list names a block that is not there.");
        }
        catch (XmlException)
        {
            return SimulatedReply.StorageError(400, "InvalidXmlDocument", "The list is no XML.");
        }
    }

    private static SimulatedReply Created(SimulatedCall call) => new(201, ReadOnlyMemory<byte>.Empty, null)
    {
        Headers =
        [
            new("ETag", $"\"0x{call.RequestId:N}\""),
            new("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT"),
            new("x-ms-request-id", call.RequestId.ToString()),
            new("x-ms-version", "2017-04-17"),
        ],
    };
}
