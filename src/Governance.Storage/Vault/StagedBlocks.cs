using System.Globalization;
using System.Text;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Governance.Storage.Vault;

/// <summary>A stream whose bytes become blocks of a blob that nobody sees before they are committed. Uncommitted ones go by themselves after a week.</summary>
internal sealed class StagedBlocks(BlockBlobClient blob, int blockBytes) : Stream
{
    // Ids start with a mark of this write: two that take in the same blob at once stage side by side and do not mix.
    private readonly string _mark = Guid.NewGuid().ToString("N");
    private readonly List<string> _ids = [];
    // Grows with what comes: most uploads are far smaller than a block.
    private const int SmallestBlock = 64 * 1024;

    private byte[] _block = [];
    private int _filled;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Makes the blob of everything written, unless it is there.</summary>
    /// <exception cref="RequestFailedException">409 where the blob is there.</exception>
    public async Task Commit(CancellationToken cancellation)
    {
        await Stage(cancellation).ConfigureAwait(false);
        await blob.CommitBlockListAsync(
            _ids, new CommitBlockListOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } }, cancellation).ConfigureAwait(false);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            if (_filled == _block.Length)
            {
                Array.Resize(ref _block, Math.Min(blockBytes, Math.Max(SmallestBlock, 2 * _block.Length)));
            }

            var take = Math.Min(buffer.Length, _block.Length - _filled);
            buffer[..take].CopyTo(_block.AsMemory(_filled));
            _filled += take;
            buffer = buffer[take..];
            if (_filled == blockBytes)
            {
                await Stage(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Blocks are staged asynchronously.");

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    private async Task Stage(CancellationToken cancellation)
    {
        if (_filled == 0)
        {
            return;
        }

        var id = Convert.ToBase64String(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{_mark}-{_ids.Count:D6}")));
        await blob.StageBlockAsync(id, new ReadOnlyStream(_block.AsMemory(0, _filled)), cancellationToken: cancellation).ConfigureAwait(false);
        _ids.Add(id);
        _filled = 0;
    }
}
