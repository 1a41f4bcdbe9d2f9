using Governance.Storage.Tables;

namespace Governance.Storage.Tests.Tables;

public sealed class LimitsAndAddresses
{
    [Theory]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a#b")]
    [InlineData("a?b")]
    [InlineData("a%b")]
    [InlineData("a\u0001b")]
    [InlineData("a\u0085b")]
    public void A_key_with_a_forbidden_character_is_refused(string key) => Assert.Throws<ArgumentException>(() => TableLimits.CheckKey(key));

    [Theory]
    [InlineData(511, true)]
    [InlineData(512, true)]
    [InlineData(513, false)]
    public void A_key_has_at_most_512_characters(int length, bool fits) => AssertFits(fits, () => TableLimits.CheckKey(new string('k', length)));

    [Theory]
    [InlineData(TableLimits.BinaryBytes - 1, true)]
    [InlineData(TableLimits.BinaryBytes, true)]
    [InlineData(TableLimits.BinaryBytes + 1, false)]
    public void A_binary_value_has_at_most_64_KiB(int length, bool fits) => AssertFits(fits, () => TableLimits.Check(new("p", "r") { { "b", new byte[length] } }));

    [Theory]
    [InlineData(TableLimits.StringCharacters - 1, true)]
    [InlineData(TableLimits.StringCharacters, true)]
    [InlineData(TableLimits.StringCharacters + 1, false)]
    public void A_string_has_at_most_32_Ki_characters(int length, bool fits) => AssertFits(fits, () => TableLimits.Check(new("p", "r") { { "s", new string('s', length) } }));

    [Theory]
    [InlineData(251, true)]
    [InlineData(252, true)]
    [InlineData(253, false)]
    public void A_row_has_at_most_252_values(int values, bool fits)
    {
        var entity = new TableEntity("p", "r");
        for (var n = 0; n < values; n++)
        {
            entity[$"v{n}"] = n;
        }

        AssertFits(fits, () => TableLimits.Check(entity));
    }

    [Theory]
    [InlineData(15, true)]
    [InlineData(16, false)]
    public void A_row_has_at_most_1_MiB_with_all_its_overhead(int fullValues, bool fits)
    {
        var entity = new TableEntity("p", "r") { { "rest", new byte[64_000] } };
        for (var n = 0; n < fullValues; n++)
        {
            entity[$"v{n}"] = new byte[TableLimits.BinaryBytes];
        }

        AssertFits(fits, () => TableLimits.Check(entity));
    }

    [Fact]
    public void A_value_that_no_column_can_hold_is_refused() =>
        Assert.Throws<ArgumentException>(() => TableLimits.Check(new("p", "r") { { "v", 1.5m } }));

    [Fact]
    public async Task A_transaction_over_a_limit_is_never_sent()
    {
        using var service = new ScriptedAnswers();
        var table = service.Table();

        await Refused([]);
        await Refused([.. Enumerable.Range(0, 101).Select(n => Add("p", $"{n}"))]);
        await Refused([Add("p", "1"), Add("q", "2")]);
        await Refused([Add("p", "1"), Add("p", "1")]);
        await Refused([.. Enumerable.Range(0, 60).Select(n => Add("p", $"{n}", new byte[TableLimits.BinaryBytes]))]);
        Assert.Empty(service.Requests);

        Task Refused(TableTransactionAction[] actions) =>
            Assert.ThrowsAsync<ArgumentException>(() => table.SubmitTransactionAsync(actions, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void The_development_storage_is_the_emulator_on_its_usual_port() =>
        Assert.Equal(new Uri("http://127.0.0.1:10002/devstoreaccount1"), StorageAccount.Parse("UseDevelopmentStorage=true").TableEndpoint);

    [Theory]
    [InlineData("AccountName=acct;AccountKey=AAAA", "https://acct.table.core.windows.net/")]
    [InlineData("AccountName=acct;AccountKey=AAAA;EndpointSuffix=core.chinacloudapi.cn", "https://acct.table.core.chinacloudapi.cn/")]
    [InlineData("DefaultEndpointsProtocol=http;AccountName=acct;AccountKey=AAAA;", "http://acct.table.core.windows.net/")]
    [InlineData("AccountName=acct; AccountKey=AAAA ;TableEndpoint=http://127.0.0.1:1/acct", "http://127.0.0.1:1/acct")]
    public void A_connection_string_names_the_table_endpoint(string text, string endpoint) =>
        Assert.Equal(new Uri(endpoint), StorageAccount.Parse(text).TableEndpoint);

    [Theory]
    [InlineData("", "AccountName")]
    [InlineData("AccountName=acct", "AccountKey")]
    [InlineData("AccountName=acct;AccountKey=", "AccountKey")]
    [InlineData("AccountName=acct;AccountKey=not*base64secret", "AccountKey is not base64")]
    [InlineData("AccountName=acct;AccountKey=AAAA;TableEndpoint=nowhere", "TableEndpoint is no address")]
    [InlineData("nonsense", "no name=value pair")]
    public void What_a_connection_string_lacks_is_named_and_its_key_never_shown(string text, string named)
    {
        var refused = Assert.Throws<ArgumentException>(() => StorageAccount.Parse(text));

        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_credential_shows_its_account_and_not_its_key() =>
        Assert.Equal("key of acct", new TableSharedKeyCredential("acct", "c2VjcmV0").ToString());

    private static TableTransactionAction Add(string partition, string row, byte[]? bytes = null) =>
        new(TableTransactionActionType.Add, new(partition, row) { { "b", bytes } });

    private static void AssertFits(bool fits, Action check)
    {
        if (fits)
        {
            check();
        }
        else
        {
            Assert.Throws<ArgumentException>(check);
        }
    }
}
