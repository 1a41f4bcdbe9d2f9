using System.Net;
using System.Net.Sockets;
using System.Text;
using Governance.Functions.Hosting;
using Governance.Functions.Http;
using Governance.Functions.SignIn;
using Governance.Functions.Tests.Testing;
using Governance.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Governance.Functions.Tests.Hosting;

/// <summary>Callers who send slowly, or half of what they promised, over a connection of their own.</summary>
public sealed class SlowCallers
{
    private static readonly Function Taking = Function.Post(
        "Take", "take", Access.To(Roles.Publisher), _ => 0, (_, _) => Samples.Text("taken"), new HttpDocs("A sample."));

    [Fact]
    public async Task A_body_that_never_comes_to_its_end_holds_its_place_no_longer_than_the_calls_time()
    {
        await using var app = await Start();
        using var connection = await Connect(app);
        await Send(connection, Head(app, length: 100) + "{\"half\":");
        await Eventually.Holds(() => Seen(app) == (1, 0));
        using var refused = await app.Post("/api/v1/take", "{}", Roles.Publisher);
        Assert.Equal("BUSY", (await refused.Problem(503)).Code);

        app.Clock.Advance(TimeSpan.FromSeconds(45));
        var answer = await ReadAll(connection);
        Assert.StartsWith("HTTP/1.1 503", answer, StringComparison.Ordinal);
        Assert.Contains("TIMED_OUT", answer, StringComparison.Ordinal);
        await Works(app);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_breaks_off_in_its_body_gives_its_place_back_and_is_no_fault(bool abruptly)
    {
        await using var app = await Start();
        using (var connection = await Connect(app))
        {
            await Send(connection, Head(app, length: 100) + "{\"half\":");
            await Eventually.Holds(() => Seen(app) == (1, 0));
            if (abruptly)
            {
                // A reset in place of an orderly end.
                connection.LingerState = new(true, 0);
            }
        }

        await Eventually.Holds(() => Seen(app) == (0, 0));
        await Works(app);
        Assert.DoesNotContain(app.Log.Lines, line => line.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task Headers_that_do_not_come_to_their_end_are_broken_off()
    {
        await using var app = await Start(("Http:Connections:HeadersTimeout", "00:00:01"));
        using var connection = await Connect(app);
        await Send(connection, "POST /api/v1/take HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
        Assert.StartsWith("HTTP/1.1 408", await ReadAll(connection), StringComparison.Ordinal);
        await Works(app);
    }

    [Fact]
    public async Task A_body_that_comes_a_byte_at_a_time_is_broken_off()
    {
        await using var app = await Start();
        using var connection = await Connect(app);
        await Send(connection, Head(app, length: 100_000));
        using var answered = new CancellationTokenSource();
        var trickling = Trickle();
        var answer = await ReadAll(connection);
        await answered.CancelAsync();
        await trickling;
        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Contains("BODY_TOO_SLOW", answer, StringComparison.Ordinal);
        await Works(app);
        Assert.DoesNotContain(app.Log.Lines, line => line.Level >= LogLevel.Error);

        async Task Trickle()
        {
            using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            try
            {
                while (await pace.WaitForNextTickAsync(answered.Token))
                {
                    await Send(connection, " ");
                }
            }
            catch (Exception ended) when (ended is OperationCanceledException or SocketException)
            {
                // The answer is there, or the connection has been closed behind it.
            }
        }
    }

    [Fact]
    public async Task More_connections_than_are_taken_are_closed_and_those_that_are_there_go_on()
    {
        await using var app = await Start(("Http:Connections:AtOnce", "10"));
        await Works(app);
        var open = new List<Socket>();
        try
        {
            for (var number = 0; number < 9; number++)
            {
                open.Add(await Connect(app));
                await Send(open[^1], "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
                Assert.StartsWith("HTTP/1.1 200", await Read(open[^1]), StringComparison.Ordinal);
            }

            using var over = await Connect(app);
            Assert.Equal(string.Empty, await ReadAll(over));
            await Works(app);
        }
        finally
        {
            open.ForEach(connection => connection.Dispose());
        }
    }

    private static Task<TestApp> Start(params (string Name, string Value)[] settings) =>
        TestApp.Start([Taking], null, [("Http:Concurrency:Writes:AtOnce", "1"), ("Http:Concurrency:Writes:Waiting", "0"), .. settings]);

    private static async Task Works(TestApp app)
    {
        using var answer = await app.Post("/api/v1/take", "{}", Roles.Publisher);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static (int Inside, int Waiting) Seen(TestApp app)
    {
        var gate = app.Services.GetRequiredService<Gates>().Of(FunctionGroup.Writes);
        return (gate.Inside, gate.Waiting);
    }

    private static string Head(TestApp app, int length) =>
        $"POST /api/v1/take HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {app.Token(Roles.Publisher)}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n";

    private static async Task<Socket> Connect(TestApp app)
    {
        var connection = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await connection.ConnectAsync(IPAddress.Loopback, app.Client.BaseAddress!.Port);
        return connection;
    }

    private static async Task Send(Socket connection, string text) => await connection.SendAsync(Encoding.ASCII.GetBytes(text));

    private static async Task<string> Read(Socket connection)
    {
        var buffer = new byte[16 * 1024];
        return Encoding.UTF8.GetString(buffer, 0, await connection.ReceiveAsync(buffer));
    }

    // Until the app closes the connection.
    private static async Task<string> ReadAll(Socket connection)
    {
        var text = new StringBuilder();
        try
        {
            while (await Read(connection) is { Length: > 0 } more)
            {
                text.Append(more);
            }
        }
        catch (SocketException)
        {
            // A reset is an end too; what came before it is there.
        }

        return text.ToString();
    }
}
