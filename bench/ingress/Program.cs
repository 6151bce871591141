using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Naru.Core.Lifetime;
using Naru.Ingress;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Testing.Objects;

// The ingress alone, over objects in memory: one Ingress for every host in front of one endpoint. Arguments: the port to listen on, the endpoint as ADDRESS:PORT.
var endpoint = IPEndPoint.Parse(args[1]);
var objects = new MemoryObjects();
var services = new ServiceCollection();
services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
services.AddSingleton(TimeProvider.System);
services.AddSingleton<IObjects>(objects);
services.AddNaruIngress(new IngressOptions { HttpAddress = $"127.0.0.1:{args[0]}", HttpsAddress = null });
await using var provider = services.BuildServiceProvider();
var stages = provider.GetServices<IEngineStage>().ToList();
using var end = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    end.Cancel();
};
foreach (var stage in stages)
{
    await stage.StartAsync(end.Token);
}

var port = endpoint.Port.ToString(CultureInfo.InvariantCulture);
await PutAsync("", "services", """{"metadata":{"namespace":"default","name":"web"},"spec":{"ports":[{"name":"web","port":80}]}}""");
await PutAsync("discovery.k8s.io", "endpointslices", """{"metadata":{"namespace":"default","name":"web-1","labels":{"kubernetes.io/service-name":"web"}},"addressType":"IPv4","ports":[{"name":"web","port":PORT}],"endpoints":[{"addresses":["ADDRESS"]}]}"""
    .Replace("PORT", port, StringComparison.Ordinal).Replace("ADDRESS", endpoint.Address.ToString(), StringComparison.Ordinal));
await PutAsync("networking.k8s.io", "ingresses", """{"metadata":{"namespace":"default","name":"web"},"spec":{"rules":[{"http":{"paths":[{"path":"/","pathType":"Prefix","backend":{"service":{"name":"web","port":{"number":80}}}}]}}]}}""");
await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, end.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
foreach (var stage in Enumerable.Reverse(stages))
{
    await stage.StopAsync(CancellationToken.None);
}

Task PutAsync(string group, string resource, string json) => objects.CreateAsync(new GroupResource(group, resource), TreeJson.Parse(json), new WriteOptions(), end.Token);
