using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Naru.Core.Builds;
using Naru.Core.Errors;
using Naru.Core.Images;

namespace Naru.Composition;

/// <summary>Holds the places of ports whose hands have not landed; removed when they have.</summary>
internal sealed class Awaited : IRegistries, IBuilds
{
    public static void Add(IServiceCollection services)
    {
        services.TryAddSingleton<IRegistries, Awaited>();
        services.TryAddSingleton<IBuilds, Awaited>();
    }

    public Task<Pulled> PullAsync(ImageReference name, Platform? platform, RegistryCredentials? credentials, IProgress<ImageProgress> progress, CancellationToken cancellationToken) => throw NotHere();

    public Task<ImmutableArray<Pulled>> PullAllTagsAsync(ImageReference repository, Platform? platform, RegistryCredentials? credentials, IProgress<ImageProgress> progress, CancellationToken cancellationToken) => throw NotHere();

    public Task<Pushed> PushAsync(ImageReference name, Platform? platform, RegistryCredentials? credentials, IProgress<ImageProgress> progress, CancellationToken cancellationToken) => throw NotHere();

    public Task<ImmutableArray<Pushed>> PushAllTagsAsync(ImageReference repository, RegistryCredentials? credentials, IProgress<ImageProgress> progress, CancellationToken cancellationToken) => throw NotHere();

    public Task<Distribution> ResolveAsync(ImageReference name, RegistryCredentials? credentials, CancellationToken cancellationToken) => throw NotHere();

    public Task<string> LogInAsync(RegistryCredentials credentials, CancellationToken cancellationToken) => throw NotHere();

    public Task<ImmutableArray<SearchHit>> SearchAsync(string term, int limit, RegistryCredentials? credentials, CancellationToken cancellationToken) => throw NotHere();

    public Task<IBuildContext> ReceiveAsync(Stream archive, CancellationToken cancellationToken) => throw NotHere();

    public Task<IBuildContext> FetchAsync(string remote, CancellationToken cancellationToken) => throw NotHere();

    public Task<ISolvedBuild> SolveAsync(BuildRequest request, IBuildProgress progress, CancellationToken cancellationToken) => throw NotHere();

    public ImmutableArray<BuildCacheRecord> Cache() => [];

    public Task<BuildPruned> PruneAsync(BuildPrune prune, CancellationToken cancellationToken) => throw NotHere();

    private static NaruException NotHere() => new(ErrorKind.NotImplemented, "not here yet");
}
