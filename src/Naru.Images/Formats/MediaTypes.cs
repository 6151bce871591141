namespace Naru.Images.Formats;

/// <summary>Media types of manifests and layers.</summary>
internal static class MediaTypes
{
    internal const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
    internal const string DockerList = "application/vnd.docker.distribution.manifest.list.v2+json";
    internal const string DockerConfig = "application/vnd.docker.container.image.v1+json";
    internal const string DockerLayer = "application/vnd.docker.image.rootfs.diff.tar.gzip";
    internal const string OciManifest = "application/vnd.oci.image.manifest.v1+json";
    internal const string OciIndex = "application/vnd.oci.image.index.v1+json";
    internal const string OciConfig = "application/vnd.oci.image.config.v1+json";
    internal const string OciLayer = "application/vnd.oci.image.layer.v1.tar";
    internal const string SchemaOne = "application/vnd.docker.distribution.manifest.v1+json";
    internal const string SchemaOneSigned = "application/vnd.docker.distribution.manifest.v1+prettyjws";

    /// <summary>What is asked for; schema 1 is named last so that an old registry says what it has.</summary>
    internal static readonly string[] Wanted = [DockerManifest, DockerList, OciManifest, OciIndex, SchemaOneSigned, SchemaOne];

    internal static bool IsIndex(string mediaType) => mediaType is DockerList or OciIndex;

    internal static bool IsManifest(string mediaType) => mediaType is DockerManifest or OciManifest;

    internal static bool IsSchemaOne(string mediaType) => mediaType is SchemaOne or SchemaOneSigned;
}
