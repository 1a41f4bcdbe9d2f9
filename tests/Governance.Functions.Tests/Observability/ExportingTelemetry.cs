using System.Net;
using System.Net.Sockets;
using Governance.Functions.Observability;

namespace Governance.Functions.Tests.Observability;

public sealed class ExportingTelemetry
{
    [Fact]
    public async Task Spans_leave_for_the_collector_where_one_is_configured_and_nobody_listens_where_none_is()
    {
        using (var silent = new TelemetryExport(new TelemetrySettings(null)))
        {
            await silent.StartAsync(default);
            using var unheard = Traces.Timer("unheard-of");
            Assert.Null(unheard);
            await silent.StopAsync(default);
        }

        using var collector = new TcpListener(IPAddress.Loopback, 0);
        collector.Start();
        using var export = new TelemetryExport(new TelemetrySettings(new Uri($"http://127.0.0.1:{((IPEndPoint)collector.LocalEndpoint).Port}")));
        await export.StartAsync(default);
        using (var span = Traces.Timer("sweep"))
        {
            Assert.NotNull(span);
        }

        Metrics.TimerRan("sweep", TimeSpan.FromSeconds(1), succeeded: true);
        var arriving = collector.AcceptTcpClientAsync();
        var stopping = Task.Run(() => export.StopAsync(default));
        using (var call = await arriving.WaitAsync(TimeSpan.FromSeconds(10)))
        {
            Assert.True(call.Connected);
        }

        collector.Stop();
        await stopping;
    }
}
