using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Core.Lifetime;
using Naru.Ingress.Backends;
using Naru.Ingress.Listening;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Testing.Objects;
using Naru.Testing.Running;

namespace Naru.Ingress.Tests.Serving;

/// <summary>A whole ingress over objects in memory, on loopback.</summary>
public sealed class IngressBench : IAsyncDisposable
{
    private static readonly WriteOptions Options = new();

    private readonly ServiceProvider _provider;
    private readonly List<IEngineStage> _stages;
    private readonly List<HttpMessageInvoker> _clients = [];

    private IngressBench(ServiceProvider provider, MemoryObjects objects)
    {
        _provider = provider;
        Objects = objects;
        _stages = [.. provider.GetServices<IEngineStage>()];
    }

    public MemoryObjects Objects { get; }

    internal ListenerSet Listeners => _provider.GetRequiredService<ListenerSet>();

    public int HttpPort => Listeners.PortOf(Listeners.Http);

    public int HttpsPort => Listeners.PortOf(Listeners.Https);

    public static async Task<IngressBench> StartAsync(IngressOptions? options = null, Action<MemoryObjects>? before = null)
    {
        var objects = new MemoryObjects();
        before?.Invoke(objects);
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        services.AddSingleton(typeof(ILogger<>), typeof(Microsoft.Extensions.Logging.Abstractions.NullLogger<>));
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<IObjects>(objects);
        services.AddNaruIngress(options ?? new IngressOptions { HttpAddress = "127.0.0.1:0", HttpsAddress = "127.0.0.1:0", ListenRetry = TimeSpan.FromMilliseconds(50), Drain = TimeSpan.FromSeconds(1) });
        var bench = new IngressBench(services.BuildServiceProvider(), objects);
        foreach (var stage in bench._stages)
        {
            await stage.StartAsync(TestContext.Current.CancellationToken);
        }

        return bench;
    }

    /// <summary>Makes an object, or replaces the one of its name.</summary>
    public async Task PutAsync(GroupResource resource, string json)
    {
        var tree = TreeJson.Parse(json);
        try
        {
            await Objects.CreateAsync(resource, tree, Options, CancellationToken.None);
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.AlreadyExists)
        {
            await Objects.UpdateAsync(resource, tree, Options, CancellationToken.None);
        }
    }

    /// <summary>A service <c>name</c> with port 80 and its endpoints.</summary>
    public async Task ServiceAsync(string name, params BackendServer[] servers)
    {
        await PutAsync(IngressResources.Services, $$$"""{"apiVersion":"v1","kind":"Service","metadata":{"namespace":"default","name":"{{{name}}}"},"spec":{"ports":[{"name":"web","port":80}]}}""");
        await EndpointsAsync(name, servers);
    }

    /// <summary>The endpoints of a service, one slice for each port; those of earlier calls go.</summary>
    public async Task EndpointsAsync(string name, params BackendServer[] servers)
    {
        foreach (var old in Objects.List(IngressResources.Slices).Where(one => one.Name.StartsWith(name + "-", StringComparison.Ordinal) && !servers.Any(server => one.Name == $"{name}-{server.Port}")))
        {
            await Objects.DeleteAsync(IngressResources.Slices, "default", old.Name, new DeleteOptions(), CancellationToken.None);
        }

        foreach (var server in servers)
        {
            await SliceAsync(name, server, """{"ready":true,"serving":true,"terminating":false}""");
        }
    }

    public Task SliceAsync(string name, BackendServer server, string conditions) => PutAsync(
        IngressResources.Slices,
        $$$"""
        {"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{"namespace":"default","name":"{{{name}}}-{{{server.Port}}}","labels":{"kubernetes.io/service-name":"{{{name}}}"}},
         "addressType":"IPv4","ports":[{"name":"web","port":{{{server.Port}}}}],"endpoints":[{"addresses":["{{{server.Address}}}"],"conditions":{{{conditions}}}}]}
        """);

    /// <summary>An Ingress whose paths all lead to port 80 of services: <c>Prefix /a one</c>.</summary>
    public Task IngressAsync(string name, string host, string annotations, params string[] paths) => PutAsync(IngressResources.Ingresses, Ingress(name, host, annotations, "", paths));

    public static string Ingress(string name, string host, string annotations, string more, params string[] paths)
    {
        var list = paths.Select(static path => path.Split(' ')).Select(static parts =>
            $$$$"""{"pathType":"{{{{parts[0]}}}}","path":"{{{{parts[1].Replace("\\", "\\\\", StringComparison.Ordinal)}}}}","backend":{"service":{"name":"{{{{parts[2]}}}}","port":{"number":80} } } }""");
        return $$$"""
            {"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"namespace":"default","name":"{{{name}}}","annotations":{ {{{annotations}}} } },
             "spec":{ {{{more}}} "rules":[{ {{{(host.Length > 0 ? $"\"host\":\"{host}\"," : "")}}}"http":{"paths":[{{{string.Join(',', list)}}}]}}]}}
            """;
    }

    /// <summary>Waits until requests of a host and path are answered with this code.</summary>
    public async Task AnswersAsync(string host, string path, HttpStatusCode code)
    {
        HttpStatusCode? last = null;
        var begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(30))
        {
            if (HttpPort != 0)
            {
                using var answer = await SendAsync(host, path);
                last = answer.StatusCode;

                // To its end: a connection on which something still comes is not used for what the test asks next.
                await answer.Content.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);
                if (last == code)
                {
                    return;
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        Assert.Fail($"{host}{path} was answered with {last}, not {code}");
    }

    /// <summary>Waits until endpoints of a service are known: services and the routes to them are followed side by side.</summary>
    public Task KnowsAsync(string service) => Eventually.BecomesAsync(
        () => _provider.GetRequiredService<BackendTable>().All.Any(one => one.Key.Service == service && one.State.Endpoints.Length > 0),
        $"endpoints of {service} are known");

    public async Task<string> TextAsync(string host, string path, params (string Name, string Value)[] headers)
    {
        using var answer = await SendAsync(host, path, headers);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    public async Task<HttpResponseMessage> SendAsync(string host, string path, params (string Name, string Value)[] headers)
    {
        using var request = Request(HttpMethod.Get, host, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        return await Client().SendAsync(request, patience.Token);
    }

    public HttpRequestMessage Request(HttpMethod method, string host, string path) =>
        new(method, new Uri($"http://127.0.0.1:{HttpPort}{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true })) { Headers = { Host = host } };

    /// <summary>A client that follows nothing and keeps no cookies.</summary>
    public HttpMessageInvoker Client()
    {
        if (_clients.Count == 0)
        {
            _clients.Add(new HttpMessageInvoker(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false }));
        }

        return _clients[0];
    }

    /// <summary>Writes bytes and reads the answer until the connection ends.</summary>
    public async Task<string> RawAsync(string text)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, HttpPort, TestContext.Current.CancellationToken);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Writes bytes and reads the head of the answer.</summary>
    public async Task<string> HeadAsync(string text)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, HttpPort, TestContext.Current.CancellationToken);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        var head = new StringBuilder();
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { Length: > 0 } line)
        {
            head.Append(line).Append("\r\n");
        }

        return head.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var stage in Enumerable.Reverse(_stages))
        {
            await stage.StopAsync(CancellationToken.None);
        }

        _clients.ForEach(static client => client.Dispose());
        await _provider.DisposeAsync();
    }
}
