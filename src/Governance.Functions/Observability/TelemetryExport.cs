using Governance.Functions.Configuration;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Governance.Functions.Observability;

/// <summary>Where traces and metrics go.</summary>
/// <param name="Otlp">Null where nothing is exported.</param>
internal sealed record TelemetrySettings(Uri? Otlp)
{
    /// <summary>Reads <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, the name that OpenTelemetry itself uses.</summary>
    public static TelemetrySettings Read(SettingsReader settings) => new(settings.Address("OTEL_EXPORTER_OTLP_ENDPOINT"));
}

/// <summary>The OpenTelemetry providers; made only where there is somewhere to send to. Flushed when the app stops.</summary>
internal sealed class TelemetryExport(TelemetrySettings settings) : IHostedService, IDisposable
{
    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.Otlp is not null)
        {
            // The exporter reads the address, and headers with secrets, from OpenTelemetry's own environment variables.
            var resource = ResourceBuilder.CreateDefault().AddService("governance", serviceVersion: typeof(TelemetryExport).Assembly.GetName().Version?.ToString(3));
            _traces = Sdk.CreateTracerProviderBuilder()
                .SetResourceBuilder(resource)
                .AddSource(Traces.Name, "Microsoft.AspNetCore", "System.Net.Http", "Azure.*")
                .AddOtlpExporter(options => options.Endpoint = settings.Otlp)
                .Build();
            _metrics = Sdk.CreateMeterProviderBuilder()
                .SetResourceBuilder(resource)
                .AddMeter(Metrics.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime")
                .AddOtlpExporter(options => options.Endpoint = settings.Otlp)
                .Build();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _traces?.ForceFlush(2_000);
        _metrics?.ForceFlush(2_000);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
    }
}
