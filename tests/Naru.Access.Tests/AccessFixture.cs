using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Naru.Core.Lifetime;
using Naru.Core.Stores;
using Naru.Objects.Access;
using Naru.Objects.Api;
using Naru.Objects.Values;
using Naru.Testing;
using Naru.Testing.Objects;

namespace Naru.Access.Tests;

/// <summary>The whole of Naru.Access over objects in memory.</summary>
internal sealed class AccessFixture : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly ServiceProvider _provider;

    /// <param name="options">Settings.</param>
    /// <param name="store">What several servers share.</param>
    public AccessFixture(AccessOptions? options = null, IStore? store = null)
    {
        Objects = new MemoryObjects(Time);
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton<IObjects>(Objects);
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton(new EngineDirectories(Data, Run, "00000000"));
        if (store is not null)
        {
            services.AddSingleton(store);
        }

        services.AddNaruAccess(options ?? new AccessOptions());
        _provider = services.BuildServiceProvider();
    }

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.Parse("2026-11-25T12:00:00Z", System.Globalization.CultureInfo.InvariantCulture));

    public MemoryObjects Objects { get; }

    public string Data => Path.Combine(_directory.Path, "data");

    public string Run => Path.Combine(_directory.Path, "run");

    public IAuthorizer Authorizer => Get<IAuthorizer>();

    public static UserInfo User(string name, params string[] groups) => new() { Name = name, Groups = [.. groups] };

    public static AccessAttempt Attempt(UserInfo user, string verb, string resource, string @namespace = "", string name = "", string group = "", string subresource = "") =>
        new() { User = user, Verb = verb, Group = group, Version = "v1", Resource = resource, Namespace = @namespace, Name = name, Subresource = subresource };

    public T Get<T>()
        where T : notnull => _provider.GetRequiredService<T>();

    public IEnumerable<T> GetAll<T>() => _provider.GetServices<T>();

    public async Task StartAsync()
    {
        foreach (var stage in GetAll<IEngineStage>().OrderBy(static stage => stage.Order))
        {
            await stage.StartAsync(TestContext.Current.CancellationToken);
        }
    }

    public async Task StopAsync()
    {
        foreach (var stage in GetAll<IEngineStage>().OrderByDescending(static stage => stage.Order))
        {
            await stage.StopAsync(TestContext.Current.CancellationToken);
        }
    }

    public Task<StoredObject> MakeAsync(string resource, MapValue body, string group = "") =>
        Objects.CreateAsync(new(group, resource), body, new WriteOptions(), TestContext.Current.CancellationToken);

    public void Dispose()
    {
        _provider.Dispose();
        _directory.Dispose();
    }
}
