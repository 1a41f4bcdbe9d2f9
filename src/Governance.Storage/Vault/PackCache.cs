using Governance.Core.Evidence;

namespace Governance.Storage.Vault;

/// <summary>The packs used last, kept because they never change. Bounded by the bytes that they were read from; the oldest go first.</summary>
/// <param name="limit">Bytes of stored JSON, 0 or more; a pack in memory takes a few times as much.</param>
internal sealed class PackCache(long limit)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<EvidencePackId, LinkedListNode<(EvidencePackId Id, EvidencePack Pack, int Bytes)>> _byId = [];
    private readonly LinkedList<(EvidencePackId Id, EvidencePack Pack, int Bytes)> _newestFirst = new();
    private long _bytes;

    public EvidencePack? Find(EvidencePackId id)
    {
        lock (_gate)
        {
            if (!_byId.TryGetValue(id, out var node))
            {
                return null;
            }

            _newestFirst.Remove(node);
            _newestFirst.AddFirst(node);
            return node.Value.Pack;
        }
    }

    public void Keep(EvidencePack pack, int bytes)
    {
        lock (_gate)
        {
            if (bytes > limit || _byId.ContainsKey(pack.Facts.PackId))
            {
                return;
            }

            _byId[pack.Facts.PackId] = _newestFirst.AddFirst((pack.Facts.PackId, pack, bytes));
            _bytes += bytes;
            while (_bytes > limit)
            {
                var oldest = _newestFirst.Last!.Value;
                _newestFirst.RemoveLast();
                _byId.Remove(oldest.Id);
                _bytes -= oldest.Bytes;
            }
        }
    }
}
