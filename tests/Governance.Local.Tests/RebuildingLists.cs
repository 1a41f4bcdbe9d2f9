using Governance.Azurite;
using Microsoft.Extensions.Configuration;

namespace Governance.Local.Tests;

public sealed class RebuildingLists
{
    [Fact]
    public async Task Lists_of_a_configured_storage_are_rebuilt_and_counted()
    {
        await using var azurite = await AzuriteServer.Start(new AzuriteOptions(), TestContext.Current.CancellationToken);

        var (exit, output, errors) = await Run(("AzureWebJobsStorage", azurite.ConnectionString));

        Assert.Equal((0, string.Empty), (exit, errors));
        Assert.Contains("All lists are rebuilt from 0 streams.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_storage_it_says_what_is_missing()
    {
        var (exit, _, errors) = await Run();

        Assert.Equal(1, exit);
        Assert.Contains("AzureWebJobsStorage", errors, StringComparison.Ordinal);
    }

    private static async Task<(int Exit, string Output, string Errors)> Run(params (string Name, string Value)[] settings)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(each => KeyValuePair.Create(each.Name, (string?)each.Value))).Build();
        var exit = await RebuildViews.Run(configuration, output, errors, TestContext.Current.CancellationToken);
        return (exit, output.ToString(), errors.ToString());
    }
}
