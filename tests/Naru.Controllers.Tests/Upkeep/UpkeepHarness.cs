using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Naru.Controllers.Collection;
using Naru.Controllers.Runtime;
using Naru.Controllers.Services;
using Naru.Core.Lifetime;
using Naru.Objects.Access;
using Naru.Objects.Admission;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;
using Naru.Testing.Objects;
using Naru.Testing.Running;

namespace Naru.Controllers.Tests.Upkeep;

/// <summary>All housekeeping controllers over objects in memory on a clock that the test moves.</summary>
public sealed class UpkeepHarness : IAsyncDisposable
{
    public static readonly WriteOptions Write = new();
    public static readonly WriteOptions Status = new() { Subresource = "status" };
    private readonly ServiceProvider _services;
    private readonly List<IEngineStage> _stages;

    private UpkeepHarness(ControllersOptions? options, ControllerRuntimeOptions? runtime, AdvertisedAddress? advertised)
    {
        Time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Objects = new MemoryObjects(Time);
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton<IObjects>(Objects);
        services.AddSingleton<IResourceCatalogue>(Catalogue);
        services.AddSingleton<IClusterCertificates>(new Certificates());
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddNaruControllerRuntime(runtime ?? new ControllerRuntimeOptions());
        if (advertised is not null)
        {
            services.AddSingleton(advertised);
        }

        services.AddNaruControllers(options ?? new ControllersOptions());
        _services = services.BuildServiceProvider();
        _stages = [.. _services.GetServices<IEngineStage>().OrderBy(static stage => stage.Order)];
        Rule = _services.GetServices<IAdmission>().Single();
    }

    public FakeTimeProvider Time { get; }

    public MemoryObjects Objects { get; }

    public FakeCatalogue Catalogue { get; } = new();

    public IAdmission Rule { get; }

    public static Task<UpkeepHarness> StartAsync(ControllersOptions? options = null, params string[] namespaces) => StartAsync(options, null, null, namespaces);

    public static async Task<UpkeepHarness> StartAsync(ControllersOptions? options, ControllerRuntimeOptions? runtime, AdvertisedAddress? advertised, params string[] namespaces)
    {
        var harness = new UpkeepHarness(options, runtime, advertised);
        foreach (var name in namespaces)
        {
            await harness.CreateAsync(UpkeepResources.Namespaces, $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{"finalizers":["kubernetes"]}}""");
        }

        foreach (var stage in harness._stages)
        {
            await stage.StartAsync(CancellationToken.None);
        }

        await harness._services.GetRequiredService<Informers>().WaitUntilSyncedAsync(CancellationToken.None);
        await harness.SettleAsync();
        return harness;
    }

    public Task<StoredObject> CreateAsync(GroupResource resource, string json) => Objects.CreateAsync(resource, TreeJson.Parse(json), Write, CancellationToken.None);

    public Task<StoredObject> ChangeAsync(StoredObject one, Action<MapValue> change) => Objects.ChangeAsync(one.Resource, one.Namespace, one.Name, tree =>
    {
        change(tree);
        return true;
    }, Write, CancellationToken.None);

    public Task DeleteAsync(StoredObject one, DeletePropagation propagation = DeletePropagation.Background) =>
        Objects.DeleteAsync(one.Resource, one.Namespace, one.Name, new DeleteOptions { Propagation = propagation }, CancellationToken.None);

    public bool Exists(StoredObject one) => Objects.Get(one.Resource, one.Namespace, one.Name)?.Uid == one.Uid;

    public MapValue Tree(StoredObject one) => Objects.Get(one.Resource, one.Namespace, one.Name)!.Tree;

    /// <summary>Those who give out addresses and ports know what the service holds: they follow services by a watch of their own, for which settling does not wait.</summary>
    public bool HasFollowed(StoredObject service) => _services.GetRequiredService<ServiceAllocations>().HasSeen(service.Uid);

    /// <summary>Waits until it has become so; the clock stands.</summary>
    public Task BecomesAsync(Func<bool> condition, string what) => Eventually.BecomesAsync(condition, what, TimeSpan.FromSeconds(60));

    /// <summary>Waits until everybody has seen everything and has nothing left to do.</summary>
    public Task SettleAsync()
    {
        var quiet = 0;
        return Eventually.BecomesAsync(() => (quiet = IsQuiet() ? quiet + 1 : 0) == 3, "controllers settle", TimeSpan.FromSeconds(60));
    }

    public async Task AdvanceAsync(TimeSpan time)
    {
        Time.Advance(time);
        await SettleAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var stage in _stages.AsEnumerable().Reverse())
        {
            await stage.StopAsync(CancellationToken.None);
        }

        await _services.DisposeAsync();
    }

    private bool IsQuiet() =>
        _services.GetRequiredService<ControllerStage>().IsIdle
        && _services.GetRequiredService<CollectionWork>().IsIdle
        && _services.GetRequiredService<Informers>().All.All(one => one.Revision >= Objects.RevisionOf(one.Resource));

    private sealed class Certificates : IClusterCertificates
    {
        public X509Certificate2 Server => throw new NotSupportedException();

        public X509Certificate2 FrontProxyClient => throw new NotSupportedException();

        public X509Certificate2 KubeletClient => throw new NotSupportedException();

        public string ServerAuthority => "the authority";

        public string ClientAuthority => "";

        public string FrontProxyAuthority => "";

        public ClientCredential IssueClient(string user, IReadOnlyList<string> groups, TimeSpan lifetime) => throw new NotSupportedException();

        public string Sign(string requestPem, IReadOnlyList<string> usages, TimeSpan lifetime) => throw new NotSupportedException();
    }
}

/// <summary>A few resources, and more when a test says so.</summary>
public sealed class FakeCatalogue : IResourceCatalogue
{
    private ImmutableArray<ResourceInfo> _all =
    [
        Row("", "pods", "Pod"), Row("", "configmaps", "ConfigMap"), Row("", "services", "Service"), Row("", "endpoints", "Endpoints"), Row("", "serviceaccounts", "ServiceAccount"),
        Row("", "nodes", "Node", namespaced: false), Row("", "namespaces", "Namespace", namespaced: false), Row("apps", "replicasets", "ReplicaSet"), Row("apps", "deployments", "Deployment"),
        Row("discovery.k8s.io", "endpointslices", "EndpointSlice"),
    ];

    public ImmutableArray<ResourceInfo> All => _all;

    public long Generation { get; private set; }

    public void Add(ResourceInfo info)
    {
        _all = _all.Add(info);
        Generation++;
    }

    public ResourceInfo? Find(GroupVersionResource resource) => All.FirstOrDefault(one => one.Resource == resource);

    public ResourceInfo? Find(GroupVersionKind kind) => All.FirstOrDefault(one => one.GroupVersionKind == kind);

    public ResourceInfo? Find(GroupResource resource) => All.FirstOrDefault(one => one.Resource.GroupResource == resource);

    public static ResourceInfo Row(string group, string plural, string kind, bool namespaced = true) => new()
    {
        Resource = new(group, "v1", plural),
        Kind = kind,
        Singular = kind.ToLowerInvariant(),
        Namespaced = namespaced,
        Verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
        StorageVersion = "v1",
    };
}
