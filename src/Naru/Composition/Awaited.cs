using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Naru.Core.Errors;
using Naru.Core.Images;

namespace Naru.Composition;

/// <summary>Holds the places of ports whose hands have not landed; removed when they have.</summary>
internal sealed class Awaited : IRegistries
{
    public static void Add(IServiceCollection services)
    {
        services.TryAddSingleton<IRegistries, Awaited>();
    }

    public Task<Pulled> PullAsync(ImageReference name, Platform? platform, RegistryCredentials? credentials, IProgress<ImageProgress> progress, CancellationToken cancellationToken) => throw NotHere();

    public Task<ImmutableArray<Pulled>> PullAllTagsAsync(ImageReference repository, Platform? platform, RegistryCredentials? credentials, IProgress<ImageProgress> progress, CancellationToken cancellationToken) => throw NotHere();

    public Task<Pushed> PushAsync(ImageReference name, Platform? platform, RegistryCredentials? credentials, IProgress<ImageProgress> progress, CancellationToken cancellationToken) => throw NotHere();

    public Task<ImmutableArray<Pushed>> PushAllTagsAsync(ImageReference repository, RegistryCredentials? credentials, IProgress<ImageProgress> progress, CancellationToken cancellationToken) => throw NotHere();

    public Task<Distribution> ResolveAsync(ImageReference name, RegistryCredentials? credentials, CancellationToken cancellationToken) => throw NotHere();

    public Task<string> LogInAsync(RegistryCredentials credentials, CancellationToken cancellationToken) => throw NotHere();

    public Task<ImmutableArray<SearchHit>> SearchAsync(string term, int limit, RegistryCredentials? credentials, CancellationToken cancellationToken) => throw NotHere();

    private static NaruException NotHere() => new(ErrorKind.NotImplemented, "not here yet");
}
