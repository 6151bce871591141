using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Http;

/// <summary>
/// Which fields an answer has in which API version: the one place for fields that came and went. A field that is not named
/// here is in every version.
/// Source: the Engine API's own change history, 1.24 to 1.52; but what 1.52 only took away stays, because clients that ask for the newest
/// version, whatever it is, go on reading it (addresses beside the networks, old words of events, empty fields of images).
/// </summary>
internal static class VersionShapes
{
    /// <summary>One rule: written from 1.<see cref="Since"/> to 1.<see cref="Until"/>, and from 1.<see cref="OmitEmptySince"/> only when not empty.</summary>
    internal readonly record struct Rule(int Since = 0, int Until = int.MaxValue, int OmitEmptySince = int.MaxValue);

    private static readonly Dictionary<(Type, string), Rule> Rules = new()
    {
        [(typeof(ContainerConfig), "MacAddress")] = new(Until: 51),
        [(typeof(ContainerInspect), "ImageManifestDescriptor")] = new(Since: 48),
        [(typeof(ContainerStats), "os_type")] = new(Since: 52),
        [(typeof(ContainerSummary), "Health")] = new(Since: 52),
        [(typeof(ContainerSummary), "ImageManifestDescriptor")] = new(Since: 48),
        [(typeof(SummaryHostConfig), "Annotations")] = new(Since: 46),
        [(typeof(HostConfig), "Annotations")] = new(Since: 43),
        [(typeof(HostConfig), "CgroupnsMode")] = new(Since: 40),
        [(typeof(HostConfig), "KernelMemory")] = new(Until: 41),
        [(typeof(HostConfig), "KernelMemoryTCP")] = new(Since: 40, Until: 51),
        [(typeof(HostConfig), "DeviceRequests")] = new(Since: 40),
        [(typeof(HealthConfig), "StartInterval")] = new(Since: 44),
        [(typeof(EndpointSettings), "DNSNames")] = new(Since: 44),
        [(typeof(EndpointSettings), "GwPriority")] = new(Since: 48),
        [(typeof(ImageSummary), "VirtualSize")] = new(Until: 43),
        [(typeof(ImageSummary), "Descriptor")] = new(Since: 48),
        [(typeof(ImageSummary), "Manifests")] = new(Since: 47),
        [(typeof(ImageInspect), "VirtualSize")] = new(Until: 43),
        [(typeof(ImageInspect), "Descriptor")] = new(Since: 48),
        [(typeof(ImageInspect), "Manifests")] = new(Since: 48),
        [(typeof(ImageInspect), "Container")] = new(Until: 44),
        [(typeof(ImageInspect), "ContainerConfig")] = new(Until: 44),
        [(typeof(ImageConfig), "Hostname")] = new(Until: 49),
        [(typeof(ImageConfig), "Domainname")] = new(Until: 49),
        [(typeof(ImageConfig), "AttachStdin")] = new(Until: 49),
        [(typeof(ImageConfig), "AttachStdout")] = new(Until: 49),
        [(typeof(ImageConfig), "AttachStderr")] = new(Until: 49),
        [(typeof(ImageConfig), "Tty")] = new(Until: 49),
        [(typeof(ImageConfig), "OpenStdin")] = new(Until: 49),
        [(typeof(ImageConfig), "StdinOnce")] = new(Until: 49),
        [(typeof(ImageConfig), "Image")] = new(Until: 49),
        [(typeof(NetworkResource), "EnableIPv4")] = new(Since: 48),
        [(typeof(NetworkResource), "Status")] = new(Since: 52),
        [(typeof(BuildCacheRecord), "Parent")] = new(Until: 41),
        [(typeof(BuildCacheRecord), "Parents")] = new(Since: 42),
        [(typeof(DiskUsage), "BuilderSize")] = new(Until: 41),
        [(typeof(DiskUsage), "Images")] = new(OmitEmptySince: 52),
        [(typeof(DiskUsage), "Containers")] = new(OmitEmptySince: 52),
        [(typeof(DiskUsage), "Volumes")] = new(OmitEmptySince: 52),
        [(typeof(DiskUsage), "BuildCache")] = new(OmitEmptySince: 52),
        [(typeof(DiskUsage), "ImageUsage")] = new(Since: 52),
        [(typeof(DiskUsage), "ContainerUsage")] = new(Since: 52),
        [(typeof(DiskUsage), "VolumeUsage")] = new(Since: 52),
        [(typeof(DiskUsage), "BuildCacheUsage")] = new(Since: 52),
        [(typeof(VersionInfo), "Platform")] = new(Since: 35),
        [(typeof(VersionInfo), "Components")] = new(Since: 35),
        [(typeof(SystemInfo), "KernelMemory")] = new(Until: 41),
        [(typeof(SystemInfo), "KernelMemoryTCP")] = new(Until: 51),
        [(typeof(SystemInfo), "BridgeNfIptables")] = new(Until: 49),
        [(typeof(SystemInfo), "BridgeNfIp6tables")] = new(Until: 49),
        [(typeof(SystemInfo), "FirewallBackend")] = new(Since: 49),
        [(typeof(SystemInfo), "CDISpecDirs")] = new(Since: 44),
        [(typeof(CommitInfo), "Expected")] = new(Until: 48),
        [(typeof(RegistryConfig), "AllowNondistributableArtifactsCIDRs")] = new(Until: 48),
        [(typeof(RegistryConfig), "AllowNondistributableArtifactsHostnames")] = new(Until: 48),
    };

    public static bool TryFind(Type type, string name, out Rule rule) => Rules.TryGetValue((type, name), out rule);

    /// <summary>The rules by name, for the test that every one names a field that exists.</summary>
    internal static IEnumerable<(Type Type, string Name)> All => Rules.Keys;
}
