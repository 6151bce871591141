using System.Diagnostics;
using System.Net;
using Naru.Composition;
using Naru.Testing.Running;

namespace Naru.Tests.Composition;

public sealed class TracingTests
{
    [Fact]
    public async Task Start_EndpointSet_SendsSpansThere()
    {
        using var collector = new HttpListener();
        var address = $"http://127.0.0.1:{LoopbackPorts.Free()}/";
        collector.Prefixes.Add(address);
        collector.Start();
        var received = collector.GetContextAsync();
        Environment.SetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT", address);
        try
        {
            using var source = new ActivitySource("Naru.Tests");
            var tracing = Task.Run(() =>
            {
                using var started = Tracing.Start("0123abcd");
                source.StartActivity("work")!.Dispose();
            });
            var context = await received.WaitAsync(TimeSpan.FromSeconds(30));
            Assert.Equal("/v1/traces", context.Request.Url!.AbsolutePath);
            context.Response.StatusCode = 200;
            context.Response.Close();
            await tracing;
        }
        finally
        {
            Environment.SetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT", null);
        }
    }
}
