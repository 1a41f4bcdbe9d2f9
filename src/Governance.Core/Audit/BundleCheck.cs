using System.Text;
using System.Text.Json;
using Governance.Core.Deployments;
using Governance.Core.Events;

namespace Governance.Core.Audit;

/// <summary>Something in a bundle that is not as it was made.</summary>
/// <param name="Where">The file, or the file and the place in it.</param>
/// <param name="What">What is wrong, a sentence.</param>
public sealed record BundleFlaw(string Where, string What);

/// <summary>What must hold between the parts of a bundle. Pure: whoever reads the zip hands the parts in.</summary>
public static class BundleCheck
{
    private static readonly DeploymentCodec Codec = new();

    /// <summary>Recomputes the chain, and compares where it ends with what the bundle says of itself.</summary>
    /// <param name="manifest">What the bundle says of itself.</param>
    /// <param name="events">All events, in the order in which they stand.</param>
    public static (ChainWalk Chain, IReadOnlyList<BundleFlaw> Flaws) Events(BundleManifest manifest, IEnumerable<EventEnvelope> events)
    {
        var (walk, flaws) = (new ChainWalk(manifest.CorrelationId), new List<BundleFlaw>());
        foreach (var each in events)
        {
            if (walk.Step(each) is { } flaw)
            {
                flaws.Add(new($"{BundleNames.Events}, event {walk.Checked + 1}", $"The event {flaw}."));
                return (walk, flaws);
            }
        }

        if (walk.Checked != manifest.Sequence)
        {
            flaws.Add(new(
                $"{BundleNames.Events}, event {Math.Min(walk.Checked, manifest.Sequence) + 1}",
                $"The bundle says that it holds {manifest.Sequence} events; {walk.Checked} are there."));
        }
        else if (walk.HeadHash != manifest.HeadHash)
        {
            flaws.Add(new(BundleNames.Manifest, "It names another hash for the last event than the events give."));
        }

        return (walk, flaws);
    }

    /// <summary>Folds the events anew and compares the state with the one that is there.</summary>
    /// <param name="events">Whose chain holds.</param>
    /// <param name="state">The bytes of the state.</param>
    /// <returns>What is wrong; null where they agree.</returns>
    public static BundleFlaw? State(IEnumerable<EventEnvelope> events, ReadOnlyMemory<byte> state)
    {
        try
        {
            return Fold(events) is { } folded && CanonicalJson.DigestOf(Codec.WriteState(folded)) == CanonicalJson.DigestOf(state)
                ? null
                : new(BundleNames.State, "It is not the state that the events lead to.");
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return new(BundleNames.State, $"It cannot be compared with the events: {unreadable.Message}");
        }
    }

    /// <summary>Folds a deployment's events.</summary>
    /// <returns>Null for none.</returns>
    /// <exception cref="JsonException">An event of a type that is not known here, or with data of another form.</exception>
    public static DeploymentState? Fold(IEnumerable<EventEnvelope> events)
    {
        DeploymentState? state = null;
        foreach (var each in events)
        {
            var happened = Codec.ReadEvent(each.EventType, Encoding.UTF8.GetBytes(each.Data.GetRawText()));
            state = Codec.Evolve(state, new(each.Sequence, each.Timestamp, each.Actor, happened));
        }

        return state;
    }

    /// <summary>The packs that a log names, each with what the log says of it; the last word counts where it names one twice.</summary>
    /// <exception cref="JsonException">As for <see cref="Fold"/>.</exception>
    public static IReadOnlyList<EvidenceLink> Packs(IEnumerable<EventEnvelope> events)
    {
        var packs = new Dictionary<Guid, EvidenceLink>();
        foreach (var each in events.Where(each => each.EventType is DeploymentCreated.Name or EvidenceLinked.Name))
        {
            var link = Codec.ReadEvent(each.EventType, Encoding.UTF8.GetBytes(each.Data.GetRawText())) switch
            {
                DeploymentCreated created => created.Evidence,
                EvidenceLinked linked => linked.Evidence,
                _ => null,
            };
            if (link is not null)
            {
                packs[link.PackId.Value] = link;
            }
        }

        return [.. packs.Values];
    }

    /// <summary>Whether the anchor in the bundle holds, and what the bundle says of it.</summary>
    /// <param name="manifest">What the bundle says of itself.</param>
    /// <param name="chain">The recomputed chain.</param>
    /// <param name="anchor">The anchor with the SHA-256 of its bytes; null where the bundle has none.</param>
    /// <param name="proof">The proof that goes with it; null where the bundle has none.</param>
    public static IEnumerable<BundleFlaw> Anchor(BundleManifest manifest, ChainWalk chain, (Anchor Anchor, Digest Sha256)? anchor, InclusionProof? proof)
    {
        if (anchor is not var (read, sha256) || proof is null)
        {
            if (manifest.AnchoredSequence is not null || anchor is not null || proof is not null)
            {
                yield return new(anchor is null ? BundleNames.Anchor : BundleNames.Proof, "It is left out.");
            }

            yield break;
        }

        if (read.Leaves is { } leaves && AnchorRules.FlawOf(read, leaves) is { } flaw)
        {
            yield return new(BundleNames.Anchor, flaw);
        }

        if (proof.AnchorNumber != read.Number || proof.AnchorSha256 != sha256)
        {
            yield return new(BundleNames.Proof, "It is about another anchor than the one in the bundle.");
        }
        else if (proof.TreeSize != read.TreeSize || !proof.LeadsTo(read.Root))
        {
            yield return new(BundleNames.Proof, "Its path does not lead to the anchor's root.");
        }

        if (FlawOfLeaf(chain, manifest.CorrelationId, proof.Leaf, BundleNames.Proof) is { } misplaced)
        {
            yield return misplaced;
        }

        if (manifest.AnchoredSequence != proof.Leaf.Sequence || !NotAnchored(proof.Leaf.Sequence, manifest.Sequence).SequenceEqual(manifest.NotAnchored))
        {
            yield return new(BundleNames.Manifest, "It names other events as not anchored than those after the proof's.");
        }
    }

    /// <summary>Judges a bundle by an anchor that its maker had no hand in.</summary>
    /// <param name="id">The bundle's deployment.</param>
    /// <param name="chain">The recomputed chain.</param>
    /// <param name="inBundle">The bundle's own anchor; null where it has none.</param>
    /// <param name="outside">The anchor from elsewhere.</param>
    /// <returns>What is wrong, and whether the anchor says anything about this deployment at all.</returns>
    public static (IReadOnlyList<BundleFlaw> Flaws, bool Says) Outside(
        CorrelationId id, ChainWalk chain, (Anchor Anchor, Digest Sha256)? inBundle, (Anchor Anchor, Digest Sha256) outside)
    {
        var (flaws, says) = (new List<BundleFlaw>(), false);
        if (outside.Anchor.Leaves is { } leaves)
        {
            if (AnchorRules.FlawOf(outside.Anchor, leaves) is { } flaw)
            {
                flaws.Add(new("the anchor from outside", flaw));
            }

            foreach (var leaf in leaves.Where(leaf => leaf.CorrelationId == id))
            {
                says = true;
                if (FlawOfLeaf(chain, id, leaf, BundleNames.Events) is { } misplaced)
                {
                    flaws.Add(misplaced);
                }
            }
        }

        if (inBundle is var (own, sha256) && own.Number == outside.Anchor.Number)
        {
            says = true;
            if (sha256 != outside.Sha256)
            {
                flaws.Add(new(BundleNames.Anchor, $"Anchor {own.Number} from outside has other bytes."));
            }
        }
        else if (inBundle is { } earlier && earlier.Anchor.Number + 1 == outside.Anchor.Number)
        {
            says = true;
            if (AnchorRules.LinkFlawOf(outside.Anchor, earlier) is { } broken)
            {
                flaws.Add(new(BundleNames.Anchor, broken));
            }
        }

        return (flaws, says);
    }

    /// <summary>The events that no anchor covers yet.</summary>
    /// <param name="anchored">The last one that an anchor covers; null for none.</param>
    /// <param name="last">The last event.</param>
    public static EquatableArray<long> NotAnchored(long? anchored, long last)
    {
        var first = (anchored ?? 0) + 1;
        return first > last ? [] : [.. Enumerable.Range(0, (int)(last - first + 1)).Select(step => first + step)];
    }

    private static BundleFlaw? FlawOfLeaf(ChainWalk chain, CorrelationId id, AnchorLeaf leaf, string where) => leaf switch
    {
        _ when leaf.CorrelationId != id => new(where, $"It is about stream {leaf.CorrelationId}."),
        _ when leaf.Sequence > chain.Checked => new(
            $"{BundleNames.Events}, event {chain.Checked + 1}", $"An anchor covers the log up to event {leaf.Sequence}; events {chain.Checked + 1} to {leaf.Sequence} are left out or do not stand."),
        _ when chain.HashAt(leaf.Sequence) != leaf.HeadHash => new(
            $"{BundleNames.Events}, event {leaf.Sequence} or before it", $"An anchor holds another hash for event {leaf.Sequence}: the log was rewritten."),
        _ => null,
    };
}
