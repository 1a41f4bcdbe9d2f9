using System.Net;
using System.Text;
using Azure.Core.Pipeline;
using Azure.Storage;
using Azure.Storage.Blobs;
using Governance.Durable.Hub;
using Governance.Storage.Hub;
using Governance.Storage.Tables;

namespace Governance.Storage.Tests.Hub;

/// <summary>What the hub repeats and what it does not: storage's errors as the hub sees them.</summary>
public sealed class StorageInTrouble
{
    private static readonly Dictionary<string, Func<ITaskHubStore, CancellationToken, Task>> Calls = new()
    {
        ["create"] = (store, token) => store.EnsureCreatedAsync(token),
        ["find"] = (store, token) => store.FindAsync(0, "row", token),
        ["read"] = (store, token) => store.ReadAsync(0, new("!", "~", 10), token),
        ["commit"] = (store, token) => store.CommitAsync(0, new(new byte[] { 1 }, "W/\"1\"", [new TaskHubWrite.Put("row", default, new byte[] { 1 })]), token),
        ["write blob"] = (store, token) => store.WriteBlobAsync("id/name", new byte[] { 1 }, token),
        ["read blob"] = (store, token) => store.ReadBlobAsync("id/name", token),
        ["delete blobs"] = (store, token) => store.DeleteBlobsAsync("id/", token),
        ["take lease"] = (store, token) => store.TakeLeaseAsync("0af76519-16cd-43dd-8448-eb211c80319c", TimeSpan.FromSeconds(30), token),
        ["release lease"] = (store, token) => store.ReleaseLeaseAsync("0af76519-16cd-43dd-8448-eb211c80319c", token),
    };

    public static TheoryData<string> AllCalls => [.. Calls.Keys];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(AllCalls))]
    public async Task What_a_later_attempt_may_mend_is_told_as_such(string call)
    {
        foreach (var status in new[] { HttpStatusCode.InternalServerError, HttpStatusCode.ServiceUnavailable, HttpStatusCode.TooManyRequests, HttpStatusCode.Forbidden })
        {
            using var service = new Service(Error(status, "ServerBusy"));
            await Assert.ThrowsAsync<TaskHubStoreException>(() => Calls[call](service.Store(), Stop));
        }
    }

    [Theory]
    [MemberData(nameof(AllCalls))]
    public async Task A_broken_connection_and_a_silent_service_may_mend_too(string call)
    {
        using var broken = new Service(_ => throw new HttpRequestException("The connection broke."));
        using var silent = new Service(_ => throw new TaskCanceledException("No answer in time."));

        await Assert.ThrowsAsync<TaskHubStoreException>(() => Calls[call](broken.Store(), Stop));
        await Assert.ThrowsAsync<TaskHubStoreException>(() => Calls[call](silent.Store(), Stop));
    }

    [Theory]
    [InlineData("commit", HttpStatusCode.BadRequest)]
    [InlineData("commit", HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("find", HttpStatusCode.BadRequest)]
    [InlineData("write blob", HttpStatusCode.BadRequest)]
    [InlineData("write blob", HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("take lease", HttpStatusCode.BadRequest)]
    public async Task A_refused_request_is_a_fault_that_no_repeat_mends(string call, HttpStatusCode status)
    {
        using var service = new Service(Error(status, "InvalidInput"));

        var fault = await Assert.ThrowsAnyAsync<Exception>(() => Calls[call](service.Store(), Stop));

        Assert.IsNotType<TaskHubStoreException>(fault);
        Assert.IsNotAssignableFrom<OperationCanceledException>(fault);
    }

    [Theory]
    [MemberData(nameof(AllCalls))]
    public async Task Who_gives_up_gets_no_failure_of_storage(string call)
    {
        using var given = new CancellationTokenSource();
        await given.CancelAsync();
        using var service = new Service(Error(HttpStatusCode.ServiceUnavailable, "ServerBusy"));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Calls[call](service.Store(), given.Token));
    }

    [Fact]
    public async Task A_lease_that_another_holds_is_an_answer_and_so_is_one_that_is_lost_already()
    {
        using var service = new Service(Error(HttpStatusCode.Conflict, "LeaseAlreadyPresent"));

        Assert.False(await service.Store().TakeLeaseAsync("0af76519-16cd-43dd-8448-eb211c80319c", TimeSpan.FromSeconds(30), Stop));
        await service.Store().ReleaseLeaseAsync("0af76519-16cd-43dd-8448-eb211c80319c", Stop);
    }

    [Fact]
    public async Task A_row_and_a_blob_that_are_not_there_are_none()
    {
        using var service = new Service(Error(HttpStatusCode.NotFound, "ResourceNotFound"));

        Assert.Null(await service.Store().FindAsync(0, "row", Stop));
        Assert.Null(await service.Store().ReadBlobAsync("id/name", Stop));
    }

    private static Func<bool, HttpResponseMessage> Error(HttpStatusCode status, string code) => ofTables =>
    {
        var answer = new HttpResponseMessage(status)
        {
            Content = ofTables
                ? new StringContent(
                    $$$"""{"odata.error":{"code":"{{{code}}}","message":{"lang":"en-US","value":"Said by the service."} } }""", Encoding.UTF8, "application/json")
                : new StringContent($"<Error><Code>{code}</Code><Message>Said by the service.</Message></Error>", Encoding.UTF8, "application/xml"),
        };
        answer.Headers.TryAddWithoutValidation("x-ms-error-code", code);
        return answer;
    };

    /// <summary>A storage account that says the same to everything, in the words of its tables or its blobs; asked once.</summary>
    private sealed class Service(Func<bool, HttpResponseMessage> answer) : HttpMessageHandler
    {
        public TableTaskHubStore Store()
        {
            var transport = new HttpClientTransport(new HttpClient(this, disposeHandler: false));
            var key = Convert.ToBase64String("not a secret"u8);
            var (tables, blobs) = (new TableClientOptions { Transport = transport }, new BlobClientOptions { Transport = transport });
            (tables.Retry.MaxRetries, blobs.Retry.MaxRetries) = (0, 0);
            return new(
                new TableServiceClient(new Uri("https://acct.table.core.windows.net/"), new TableSharedKeyCredential("acct", key), tables),
                new BlobServiceClient(new Uri("https://acct.blob.core.windows.net/"), new StorageSharedKeyCredential("acct", key), blobs),
                "hub",
                "hub");
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Task.FromResult(answer(request.RequestUri!.Host.Contains(".table.", StringComparison.Ordinal)));
        }
    }
}
