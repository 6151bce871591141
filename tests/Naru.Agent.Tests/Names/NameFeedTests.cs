using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Naru.Agent.Names;
using Naru.Core.Names;
using Naru.Objects.Json;
using Naru.Objects.Resources;
using Naru.Objects.Values;
using Naru.Testing.Objects;
using Naru.Testing.Running;

namespace Naru.Agent.Tests.Names;

public sealed class NameFeedTests
{
    private static readonly GroupResource Slices = new("discovery.k8s.io", "endpointslices");

    [Fact]
    public async Task Objects_ComeChangeAndGo_NamesFollow()
    {
        var token = TestContext.Current.CancellationToken;
        var objects = new MemoryObjects();
        var names = new RecordedNames();
        await Create(objects, new GroupResource("", "namespaces"), """{"metadata":{"name":"shop"}}""");
        await Create(objects, new GroupResource("", "services"), """{"metadata":{"name":"web","namespace":"shop"},"spec":{"clusterIP":"None"}}""");
        await Create(objects, Slices, """{"metadata":{"name":"web-1","namespace":"shop","labels":{"kubernetes.io/service-name":"web"}},"addressType":"IPv4","endpoints":[{"addresses":["10.244.0.5"],"conditions":{"ready":true}}]}""");
        await Create(objects, new GroupResource("", "pods"), """{"metadata":{"name":"web-0","namespace":"shop"},"status":{"phase":"Running","podIPs":[{"ip":"10.244.0.5"}]}}""");
        using var end = CancellationTokenSource.CreateLinkedTokenSource(token);
        var run = new NameFeed(objects, names, new AgentOptions(), TimeProvider.System, NullLogger<NameFeed>.Instance).RunAsync(end.Token);
        await Eventually.BecomesAsync(() => Task.FromResult(names.IsOpen), "all names are known");
        Assert.Contains(new AddressRecord("web.shop.svc.cluster.local", IPAddress.Parse("10.244.0.5")), names.All);
        Assert.Contains(new AddressRecord("10-244-0-5.shop.pod.cluster.local", IPAddress.Parse("10.244.0.5")), names.All);
        Assert.Contains(new PlaceRecord("shop.svc.cluster.local"), names.All);

        await objects.ChangeAsync(Slices, "shop", "web-1", static tree =>
        {
            tree["endpoints"] = new ListValue { new MapValue { ["addresses"] = new ListValue { "10.244.0.6" } } };
            return true;
        }, new(), token);
        await Eventually.BecomesAsync(() => Task.FromResult(names.All.Contains(new AddressRecord("web.shop.svc.cluster.local", IPAddress.Parse("10.244.0.6")))), "the new endpoint has the name");
        Assert.DoesNotContain(new AddressRecord("web.shop.svc.cluster.local", IPAddress.Parse("10.244.0.5")), names.All);

        await objects.DeleteAsync(new GroupResource("", "services"), "shop", "web", new(), token);
        await Eventually.BecomesAsync(() => Task.FromResult(!names.All.Any(static one => one.Name.EndsWith("web.shop.svc.cluster.local", StringComparison.Ordinal))), "the service has no name any more");
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    private static Task Create(MemoryObjects objects, GroupResource resource, string json) =>
        objects.CreateAsync(resource, (MapValue)JsonText.Parse(Encoding.UTF8.GetBytes(json)), new(), TestContext.Current.CancellationToken);

    private sealed class RecordedNames : IClusterNames
    {
        private readonly ConcurrentDictionary<string, IReadOnlyCollection<NameRecord>> _said = new();

        public volatile bool IsOpen;

        public List<NameRecord> All => [.. _said.Values.SelectMany(static one => one)];

        public void Set(string contributor, IReadOnlyCollection<NameRecord> records) => _said[contributor] = records;

        public void Open() => IsOpen = true;

        public ushort Listen(IPAddress address, ushort preferredPort) => preferredPort;
    }
}
