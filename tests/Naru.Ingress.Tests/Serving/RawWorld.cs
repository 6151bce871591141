using System.Net;

namespace Naru.Ingress.Tests.Serving;

/// <summary>An ingress in front of a raw backend.</summary>
internal sealed class RawWorld(IngressBench bench, RawBackend backend) : IAsyncDisposable
{
    public IngressBench Bench => bench;

    public RawBackend Backend => backend;

    public static async Task<RawWorld> StartAsync(Func<int, string> answer, HttpStatusCode first = HttpStatusCode.OK, bool closes = false)
    {
        var backend = new RawBackend(answer, closes);
        var bench = await BenchAsync(backend);
        await bench.AnswersAsync("a.test", "/", first);
        return new RawWorld(bench, backend);
    }

    public static async Task<IngressBench> BenchAsync(RawBackend backend)
    {
        var bench = await IngressBench.StartAsync();
        await bench.ServiceAsync("raw");
        await bench.PutAsync(IngressResources.Slices, $$$"""{"metadata":{"namespace":"default","name":"raw-1","labels":{"kubernetes.io/service-name":"raw"}},"addressType":"IPv4","ports":[{"name":"web","port":{{{backend.Port}}}}],"endpoints":[{"addresses":["127.0.0.1"]}]}""");
        await bench.IngressAsync("a", "a.test", "", "Prefix / raw");
        return bench;
    }

    public async ValueTask DisposeAsync()
    {
        await bench.DisposeAsync();
        await backend.DisposeAsync();
    }
}
