using System.Xml.Linq;
using Azure.Storage.Blobs;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Governance.Functions.SignIn;

/// <summary>
/// The keys of page sessions, one blob each, never overwritten: every instance of the app reads the same ones, and they outlive any process. Who may read the container may forge sessions, so nobody else gets to it.
/// </summary>
internal sealed class BlobKeys(BlobContainerClient container) : IXmlRepository
{
    /// <inheritdoc/>
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        container.CreateIfNotExists();
        return [.. container.GetBlobs().Select(blob => container.GetBlobClient(blob.Name).DownloadContent().Value.Content.ToString()).Select(XElement.Parse)];
    }

    /// <inheritdoc/>
    public void StoreElement(XElement element, string friendlyName) =>
        container.GetBlobClient($"{friendlyName}.xml").Upload(BinaryData.FromString(element.ToString(SaveOptions.DisableFormatting)), overwrite: false);
}
