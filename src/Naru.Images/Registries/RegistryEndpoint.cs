namespace Naru.Images.Registries;

/// <summary>An address that a registry may answer at.</summary>
/// <param name="Base">Scheme, host and port, and for a mirror perhaps a path.</param>
/// <param name="Host">Host and port as people write them; names the certificate directory.</param>
/// <param name="IsInsecure">The certificate is not checked.</param>
/// <param name="IsMirror">Asked in the registry's place: gets no credentials and may be missing.</param>
internal sealed record RegistryEndpoint(Uri Base, string Host, bool IsInsecure, bool IsMirror);
