using System.Collections.Immutable;

namespace Naru.Core.Images;

/// <summary>Registries that speak the OCI distribution protocol.</summary>
public interface IRegistries
{
    /// <summary>Brings an image for a platform and gives it its name. Layers that are here already are not fetched.
    /// All lines that docker shows are reported, the last ones (<c>Digest: …</c>, <c>Status: …</c>) too, and the event is published.</summary>
    Task<Pulled> PullAsync(ImageReference name, Platform? platform, RegistryCredentials? credentials, IProgress<ImageProgress> progress, CancellationToken cancellationToken);

    /// <summary>Brings every tag of a repository.</summary>
    Task<ImmutableArray<Pulled>> PullAllTagsAsync(ImageReference repository, Platform? platform, RegistryCredentials? credentials, IProgress<ImageProgress> progress, CancellationToken cancellationToken);

    /// <summary>Sends the image that has this name.</summary>
    Task<Pushed> PushAsync(ImageReference name, Platform? platform, RegistryCredentials? credentials, IProgress<ImageProgress> progress, CancellationToken cancellationToken);

    /// <summary>Every local tag of a repository.</summary>
    Task<ImmutableArray<Pushed>> PushAllTagsAsync(ImageReference repository, RegistryCredentials? credentials, IProgress<ImageProgress> progress, CancellationToken cancellationToken);

    /// <summary>Asks what a name stands for without fetching it.</summary>
    Task<Distribution> ResolveAsync(ImageReference name, RegistryCredentials? credentials, CancellationToken cancellationToken);

    /// <summary>Tries credentials. Returns an identity token where the registry gives one, else empty.
    /// <see cref="Errors.ErrorKind.Unauthenticated"/> when they are refused.</summary>
    Task<string> LogInAsync(RegistryCredentials credentials, CancellationToken cancellationToken);

    /// <summary>Searches a registry's catalogue.</summary>
    Task<ImmutableArray<SearchHit>> SearchAsync(string term, int limit, RegistryCredentials? credentials, CancellationToken cancellationToken);
}

/// <summary>Credentials for one registry.</summary>
public sealed record RegistryCredentials
{
    /// <summary>User; empty: none.</summary>
    public string User { get; init; } = "";

    /// <summary>Password.</summary>
    public string Password { get; init; } = "";

    /// <summary>Refresh token in place of user and password.</summary>
    public string IdentityToken { get; init; } = "";

    /// <summary>Bearer token as it is to be sent.</summary>
    public string RegistryToken { get; init; } = "";

    /// <summary>Registry they are for; empty: the one addressed.</summary>
    public string Server { get; init; } = "";
}

/// <summary>What was pulled.</summary>
/// <param name="Image">The image.</param>
/// <param name="Digest">Digest that the name stood for (index or manifest).</param>
/// <param name="WasHere">It was already the newest.</param>
public sealed record Pulled(Image Image, Digest Digest, bool WasHere);

/// <summary>What was pushed.</summary>
/// <param name="Tag">The tag.</param>
/// <param name="Digest">Digest of the manifest.</param>
/// <param name="Size">Bytes of the manifest.</param>
public sealed record Pushed(string Tag, Digest Digest, long Size);

/// <summary>What a name stands for in its registry.</summary>
/// <param name="MediaType">Of the index or manifest.</param>
/// <param name="Digest">Of the index or manifest.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Platforms">Platforms it holds.</param>
public sealed record Distribution(string MediaType, Digest Digest, long Size, ImmutableArray<Platform> Platforms);

/// <summary>A find.</summary>
/// <param name="Name">Repository.</param>
/// <param name="Description">Its text.</param>
/// <param name="Stars">Its stars.</param>
/// <param name="Official">It is official.</param>
/// <param name="Automated">It is built automatically.</param>
public sealed record SearchHit(string Name, string Description, int Stars, bool Official, bool Automated);
