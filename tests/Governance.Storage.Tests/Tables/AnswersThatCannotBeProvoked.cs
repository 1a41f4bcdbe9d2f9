using System.Net;
using Azure;
using Azure.Core;
using Azure.Identity;
using Governance.Storage.Tables;
using static Governance.Storage.Tests.Tables.ScriptedAnswers;

namespace Governance.Storage.Tests.Tables;

public sealed class AnswersThatCannotBeProvoked
{
    private const string Etag = "W/\"datetime'2026-01-02T03%3A04%3A05.1234567Z'\"";

    private static readonly TableTransactionAction[] Two =
    [
        new(TableTransactionActionType.UpdateReplace, new("p", "head") { { "n", 2 } }, new ETag(Etag)),
        new(TableTransactionActionType.Add, new("p", "it's") { { "n", 2L } }),
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_busy_service_is_asked_again()
    {
        using var service = new ScriptedAnswers(
            Error(HttpStatusCode.ServiceUnavailable, "ServerBusy"), null, Answer(HttpStatusCode.NoContent, etag: Etag));

        var result = await service.Table().AddEntityAsync(new("p", "r"), Stop);

        Assert.Equal(new ETag(Etag), Assert.Single(Assert.IsType<TableWrite.Committed>(result).ETags));
        Assert.Equal(3, service.Requests.Count);
    }

    [Fact]
    public async Task A_conflict_after_a_lost_answer_is_told_as_one_that_may_be_our_own()
    {
        using var service = new ScriptedAnswers(null, Error(HttpStatusCode.Conflict, "EntityAlreadyExists"));

        Assert.Equal(new TableWrite.Lost(0, TableConflict.AlreadyExists, AfterRetry: true), await service.Table().AddEntityAsync(new("p", "r"), Stop));
    }

    [Fact]
    public async Task A_transactions_conflict_after_a_lost_answer_is_told_too()
    {
        using var service = new ScriptedAnswers(
            null,
            Batch("HTTP/1.1 412 Precondition Failed\r\nContent-Type: application/json;odata=minimalmetadata\r\n\r\n{\"odata.error\":{\"code\":\"UpdateConditionNotSatisfied\",\"message\":{\"lang\":\"en-US\",\"value\":\"0:The update condition specified in the request was not satisfied.\\nRequestId:1\"}}}\r\n"));

        Assert.Equal(new TableWrite.Lost(0, TableConflict.Changed, AfterRetry: true), await service.Table().SubmitTransactionAsync(Two, Stop));
    }

    [Fact]
    public async Task The_clouds_own_spelling_of_a_committed_transaction_is_read()
    {
        using var service = new ScriptedAnswers(Batch(
            $"HTTP/1.1 204 No Content\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-cache\r\nDataServiceVersion: 1.0;\r\nETag: {Etag}\r\n\r\n\r\n",
            "HTTP/1.1 204 No Content\r\nX-Content-Type-Options: nosniff\r\nPreference-Applied: return-no-content\r\nDataServiceId: https://acct.table.core.windows.net/x\r\netag: W/\"2\"\r\n\r\n\r\n"));

        var result = await service.Table().SubmitTransactionAsync(Two, Stop);

        Assert.Equal([new ETag(Etag), new ETag("W/\"2\"")], Assert.IsType<TableWrite.Committed>(result).ETags);
    }

    [Fact]
    public async Task A_transaction_is_sent_as_the_protocol_has_it()
    {
        using var service = new ScriptedAnswers(Batch("HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n"));

        await service.Table().SubmitTransactionAsync(Two, Stop);

        var (method, uri, authorization, body) = Assert.Single(service.Requests);
        Assert.Equal(("POST", "https://acct.table.core.windows.net/$batch"), (method, uri.AbsoluteUri));
        Assert.StartsWith("SharedKeyLite acct:", authorization, StringComparison.Ordinal);
        Assert.Equal(
            """
            --batch_governance
            Content-Type: multipart/mixed; boundary=changeset_governance

            --changeset_governance
            Content-Type: application/http
            Content-Transfer-Encoding: binary

            PUT https://acct.table.core.windows.net/deployments(PartitionKey='p',RowKey='head') HTTP/1.1
            Accept: application/json;odata=minimalmetadata
            DataServiceVersion: 3.0
            If-Match: W/"datetime'2026-01-02T03%3A04%3A05.1234567Z'"
            Content-Type: application/json

            {"PartitionKey":"p","RowKey":"head","n":2}
            --changeset_governance
            Content-Type: application/http
            Content-Transfer-Encoding: binary

            POST https://acct.table.core.windows.net/deployments HTTP/1.1
            Accept: application/json;odata=minimalmetadata
            DataServiceVersion: 3.0
            Prefer: return-no-content
            Content-Type: application/json

            {"PartitionKey":"p","RowKey":"it\u0027s","n@odata.type":"Edm.Int64","n":"2"}
            --changeset_governance--
            --batch_governance--

            """.ReplaceLineEndings("\r\n"),
            body);
    }

    [Theory]
    [InlineData("nothing at all")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n")]
    public async Task An_answer_with_too_few_parts_is_no_success(string parts)
    {
        using var service = new ScriptedAnswers(Batch(parts));

        await Assert.ThrowsAsync<InvalidDataException>(() => service.Table().SubmitTransactionAsync(Two, Stop));
    }

    [Fact]
    public async Task A_refused_operation_is_a_fault_that_names_itself()
    {
        using var service = new ScriptedAnswers(Batch(
            "HTTP/1.1 400 Bad Request\r\n\r\n{\"odata.error\":{\"code\":\"PropertyValueTooLarge\",\"message\":{\"lang\":\"en-US\",\"value\":\"1:The property value exceeds the maximum.\"}}}"));

        var fault = await Assert.ThrowsAsync<RequestFailedException>(() => service.Table().SubmitTransactionAsync(Two, Stop));

        Assert.Equal((400, "PropertyValueTooLarge"), (fault.Status, fault.ErrorCode));
        Assert.Contains("operation 1", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_never_answers_is_a_fault_with_status_zero()
    {
        using var service = new ScriptedAnswers(null, null, null, null);

        var fault = await Assert.ThrowsAsync<RequestFailedException>(() => service.Table().GetEntityIfExistsAsync("p", "r", cancellationToken: Stop));

        Assert.Equal(0, fault.Status);
        Assert.Equal("GET acct.table.core.windows.net/deployments(PartitionKey='p',RowKey='r') was not answered.", fault.Message);
        Assert.Equal(4, service.Requests.Count);
    }

    [Fact]
    public async Task An_identity_that_gets_no_token_is_a_service_that_does_not_answer()
    {
        var table = new TableServiceClient(new Uri("https://acct.table.core.windows.net/"), new NoToken()).GetTableClient("deployments");

        var fault = await Assert.ThrowsAsync<RequestFailedException>(() => table.GetEntityIfExistsAsync("p", "r", cancellationToken: Stop));

        Assert.Equal(0, fault.Status);
        Assert.Contains("there is no token for it", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_front_ends_page_in_place_of_json_is_told_by_its_status()
    {
        using var service = new ScriptedAnswers(Answer(HttpStatusCode.Forbidden, "<html>No.</html>", "text/html"));

        var fault = await Assert.ThrowsAsync<RequestFailedException>(() => service.Table().AddEntityAsync(new("p", "r"), Stop));

        Assert.Equal(403, fault.Status);
    }

    [Fact]
    public async Task Type_annotations_count_on_either_side_of_their_value_and_foreign_fields_are_passed_over()
    {
        using var service = new ScriptedAnswers(Answer(
            HttpStatusCode.OK,
            """
            {"odata.metadata":"https://acct/x","odata.type":"acct.x","odata.id":"y","odata.etag":"W/\"7\"","odata.editLink":"z","PartitionKey":"p","RowKey":"r",
             "Timestamp@odata.type":"Edm.DateTime","Timestamp":"2026-01-02T03:04:05.1234567Z",
             "before@odata.type":"Edm.Int64","before":"1","after":"2","after@odata.type":"Edm.Int64","b":"AQI=","b@odata.type":"Edm.Binary",
             "d@odata.type":"Edm.Double","d":"NaN","real":1.5,"nothing":null}
            """));

        var row = await service.Table().GetEntityIfExistsAsync("p", "r", ["before", "after"], Stop);

        Assert.Equal((1L, 2L, 1.5), (row!.GetInt64("before"), row.GetInt64("after"), row.GetDouble("real")));
        Assert.Equal([1, 2], row.GetBinary("b"));
        Assert.Equal(double.NaN, row.GetDouble("d"));
        Assert.False(row.TryGetValue("nothing", out _));
        Assert.Equal(new ETag("W/\"7\""), row.ETag);
        Assert.Equal("?$select=before%2Cafter", service.Requests[0].Uri.Query.Replace("%24", "$", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_empty_page_with_a_continuation_is_followed()
    {
        using var service = new ScriptedAnswers(
            () =>
            {
                var page = Answer(HttpStatusCode.OK, """{"odata.metadata":"m","value":[]}""")();
                page.Headers.Add("x-ms-continuation-NextPartitionKey", "1!4!cA--");
                page.Headers.Add("x-ms-continuation-NextRowKey", "1!4!cg--");
                return page;
            },
            Answer(HttpStatusCode.OK, """{"value":[{"PartitionKey":"p","RowKey":"r"}],"odata.count":"1"}"""));

        var rows = await service.Table().QueryAsync(cancellationToken: Stop).ToListAsync(Stop);

        Assert.Equal("r", Assert.Single(rows).RowKey);
        Assert.Contains("NextPartitionKey=1%214%21cA--&NextRowKey=1%214%21cg--", service.Requests[1].Uri.Query, StringComparison.Ordinal);
    }

    private sealed class NoToken : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new AuthenticationFailedException("No identity here.");

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new AuthenticationFailedException("No identity here.");
    }
}
