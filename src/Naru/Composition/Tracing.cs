using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Naru.Composition;

/// <summary>Sends traces where OpenTelemetry's own variables say; without <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> nothing is traced and nothing is loaded.</summary>
internal static class Tracing
{
    private const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string TracesEndpointVariable = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

    /// <summary>What traces, until it is disposed; null when nobody wants them.</summary>
    public static IDisposable? Start(string instance)
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(EndpointVariable)) && string.IsNullOrEmpty(Environment.GetEnvironmentVariable(TracesEndpointVariable)))
        {
            return null;
        }

        return Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(resource => resource.AddService("naru", serviceVersion: BuildFacts.Version, serviceInstanceId: instance).AddEnvironmentVariableDetector())
            // The web server's own span is the parent of ours: left out, it would take ours along.
            .AddSource("Naru.*", "Microsoft.AspNetCore")
            .AddOtlpExporter(static exporter => exporter.Protocol = Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_PROTOCOL") == "grpc" ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf)
            .Build();
    }
}
