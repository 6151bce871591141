using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Naru.Core.Lifetime;
using Naru.Core.Stores;
using Naru.Kinds;
using Naru.Objects.Access;
using Naru.Objects.Admission;
using Naru.Objects.Api;
using Naru.Objects.Json;
using Naru.Objects.Resources;
using Naru.Objects.Values;
using Naru.Testing.Stores;

namespace Naru.Cluster.Tests.Support;

/// <summary>An object core over a store in memory, asked as a client would.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private TestCluster(ServiceProvider services) => _services = services;

    public IObjectApi Api => _services.GetRequiredService<IObjectApi>();

    public IObjects Objects => _services.GetRequiredService<IObjects>();

    public IResourceCatalogue Catalogue => _services.GetRequiredService<IResourceCatalogue>();

    public IStore Store => _services.GetRequiredService<IStore>();

    public static async Task<TestCluster> StartAsync(ClusterOptions? options = null, IStore? store = null, TimeProvider? time = null, params IAdmission[] admission)
    {
        var services = new ServiceCollection();
        services.AddSingleton(time ?? TimeProvider.System);
        services.AddLogging(static logging => logging.ClearProviders());
        services.AddSingleton(store ?? new MemoryStore(TimeProvider.System));
        services.AddNaruKinds();
        services.AddNaruCluster(options ?? new ClusterOptions());
        foreach (var one in admission)
        {
            services.AddSingleton(one);
        }

        var provider = services.BuildServiceProvider();
        foreach (var stage in provider.GetServices<IEngineStage>().OrderBy(static stage => stage.Order))
        {
            await stage.StartAsync(default);
        }

        return new TestCluster(provider);
    }

    public ApiCall Call(string resource, string @namespace = "", string subresource = "") => new()
    {
        Resource = Catalogue.All.First(info => $"{info.Resource.ApiVersion}/{info.Resource.Resource}" == resource),
        Namespace = @namespace,
        Subresource = subresource,
        User = UserInfo.System,
        UserAgent = "test/1.0",
    };

    public static MapValue Map(string json) => (MapValue)JsonText.Parse(json);

    public Task<ApiObject> CreateAsync(string resource, string @namespace, string json) => Api.CreateAsync(Call(resource, @namespace), "", Map(json), default);

    public async ValueTask DisposeAsync()
    {
        foreach (var stage in _services.GetServices<IEngineStage>().OrderByDescending(static stage => stage.Order))
        {
            await stage.StopAsync(default);
        }

        await _services.DisposeAsync();
    }
}
