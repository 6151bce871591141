using Naru.Core.Images;
using Naru.Images.Formats;

namespace Naru.Images.Registries;

/// <summary>A manifest or an index as a registry served it, checked against its digest.</summary>
internal sealed record FetchedManifest(byte[] Bytes, Digest Digest, string MediaType, ManifestFile File);
