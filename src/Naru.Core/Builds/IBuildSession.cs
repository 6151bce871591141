using Naru.Core.Images;

namespace Naru.Core.Builds;

/// <summary>What a build may ask its caller while it runs.</summary>
public interface IBuildSession
{
    /// <summary>Credentials of a registry; null: none.</summary>
    Task<RegistryCredentials?> CredentialsAsync(string registry, CancellationToken cancellationToken);

    /// <summary>A secret for <c>RUN --mount=type=secret</c>; null: no such secret.</summary>
    Task<byte[]?> SecretAsync(string id, CancellationToken cancellationToken);

    /// <summary>True when the caller forwards an SSH agent of that id.</summary>
    Task<bool> HasSshAsync(string id, CancellationToken cancellationToken);

    /// <summary>Joins a connection to the caller's SSH agent until one of both ends.</summary>
    Task ForwardSshAsync(string id, Stream connection, CancellationToken cancellationToken);
}
