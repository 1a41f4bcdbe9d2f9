using Governance.Core.Evidence;
using Governance.Storage.Views;
using Governance.Testing;

namespace Governance.Storage.Tests.Views;

public sealed class FindingWaitingIntents(AzuriteFixture azurite) : ViewFixture(azurite)
{
    private readonly EvidencePackId _pack = new(new Seeded(4).NextGuid());

    [Fact]
    public async Task A_pack_finds_every_intent_that_waits_for_it_and_no_other()
    {
        var waiting = new WaitingIntents(Layout.Waiting);
        Assert.Empty(await waiting.For(_pack, Stop));

        await waiting.Note(_pack, IdOf(1), Stop);
        await waiting.Note(_pack, IdOf(2), Stop);
        await waiting.Note(_pack, IdOf(1), Stop);
        await waiting.Note(new(new Seeded(5).NextGuid()), IdOf(3), Stop);

        Assert.Equal([IdOf(1), IdOf(2)], await waiting.For(_pack, Stop));

        await waiting.Remove(_pack, IdOf(1), Stop);
        await waiting.Remove(_pack, IdOf(9), Stop);
        Assert.Equal([IdOf(2)], await waiting.For(_pack, Stop));
        await waiting.Remove(_pack, IdOf(2), Stop);
        Assert.Single(await Layout.Waiting.QueryAsync(cancellationToken: Stop).ToListAsync(Stop));
    }

    [Fact]
    public async Task Of_several_that_note_themselves_at_once_none_is_lost()
    {
        var waiting = new WaitingIntents(Layout.Waiting);

        await Task.WhenAll(Enumerable.Range(0, 6).Select(n => waiting.Note(_pack, IdOf(n), Stop)));

        Assert.Equal(6, (await waiting.For(_pack, Stop)).Distinct().Count());
    }
}
