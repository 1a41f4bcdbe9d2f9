using FsCheck;
using FsCheck.Fluent;
using Governance.Core.Audit;

namespace Governance.Core.Tests.Audit;

/// <summary>Known answers: the leaves and roots that implementations of RFC 6962 are commonly tested with.</summary>
public sealed class MerkleTrees
{
    private static readonly string[] Leaves =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    [Theory]
    [InlineData(0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData(1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")]
    [InlineData(2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    [InlineData(3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77")]
    [InlineData(4, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    [InlineData(5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4")]
    [InlineData(6, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef")]
    [InlineData(7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c")]
    [InlineData(8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")]
    public void Roots_are_those_of_the_RFC(int size, string root) => Assert.Equal(root, MerkleTree.Root(Hashes(size)).ToString());

    [Theory]
    [InlineData(0, 1, "")]
    [InlineData(0, 8, "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7 5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e 6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4")]
    [InlineData(5, 8, "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0 d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    [InlineData(2, 3, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    [InlineData(1, 5, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d 5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b")]
    public void Paths_are_those_of_the_RFC(int index, int size, string path) =>
        Assert.Equal(path, string.Join(' ', MerkleTree.InclusionPath(Hashes(size), index)));

    [Fact]
    public void Every_leaf_of_every_tree_is_proved_at_its_place_and_nowhere_else()
    {
        for (var size = 1; size <= 70; size++)
        {
            var hashes = Numbered(size);
            var root = MerkleTree.Root(hashes);
            for (var index = 0; index < size; index++)
            {
                var path = MerkleTree.InclusionPath(hashes, index);
                Assert.True(MerkleTree.Includes(hashes[index], index, size, path, root), $"{index} of {size}");
                Assert.False(MerkleTree.Includes(hashes[index], (index + 1) % (size + 1), size, path, root) && size > 1, $"{index} of {size} elsewhere");
            }
        }
    }

    [Fact]
    public void A_changed_leaf_root_path_or_size_never_verifies() => Prop.ForAll(
        (from size in Gen.Choose(1, 300) from index in Gen.Choose(0, size - 1) from salt in Gen.Choose(1, int.MaxValue) select (size, index, salt)).ToArbitrary(),
        tree =>
        {
            var (size, index, salt) = tree;
            var hashes = Numbered(size);
            var (root, path) = (MerkleTree.Root(hashes), MerkleTree.InclusionPath(hashes, index));
            var other = MerkleTree.LeafHash(BitConverter.GetBytes(-(long)salt));
            var changed = hashes.ToArray();
            changed[salt % size] = other;
            return MerkleTree.Includes(hashes[index], index, size, path, root)
                && !MerkleTree.Includes(other, index, size, path, root)
                && !MerkleTree.Includes(hashes[index], index, size, path, other)
                && !MerkleTree.Includes(hashes[index], index, size, [.. path, other], root)
                && (path.IsEmpty || !MerkleTree.Includes(hashes[index], index, size, path[1..], root))
                && (path.IsEmpty || !MerkleTree.Includes(hashes[index], index, size, path.SetItem(salt % path.Length, other), root))
                && MerkleTree.Root(changed) != root
                && !MerkleTree.Includes(hashes[index], -1, size, path, root)
                && !MerkleTree.Includes(hashes[index], size, size, path, root);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_leaf_is_not_mistaken_for_an_inner_node()
    {
        var (left, right) = (MerkleTree.LeafHash("left"u8), MerkleTree.LeafHash("right"u8));

        Assert.NotEqual(
            MerkleTree.Root([left, right]), MerkleTree.LeafHash([.. Convert.FromHexString(left.ToString()), .. Convert.FromHexString(right.ToString())]));
    }

    [Fact]
    public void There_is_no_path_to_a_leaf_that_is_not_there()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleTree.InclusionPath(Hashes(3), 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleTree.InclusionPath([], 0));
    }

    private static Digest[] Hashes(int size) => [.. Leaves.Take(size).Select(leaf => MerkleTree.LeafHash(Convert.FromHexString(leaf)))];

    private static Digest[] Numbered(int size) => [.. Enumerable.Range(0, size).Select(number => MerkleTree.LeafHash(BitConverter.GetBytes((long)number)))];
}
