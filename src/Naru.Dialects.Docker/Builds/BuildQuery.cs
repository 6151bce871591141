using System.Collections.Immutable;
using System.Text.Json;
using Naru.Core.Builds;
using Naru.Core.Containers;
using Naru.Core.Images;
using Naru.Dialects.Docker.Containers;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Images;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Builds;

/// <summary>The parameters of <c>POST /build</c>.</summary>
internal static class BuildQuery
{
    /// <exception cref="DockerException">400: a parameter has no meaning.</exception>
    public static BuildRequest Read(DockerCall call, IBuildContext context, Platform host) => new()
    {
        Context = context,
        Dockerfile = call.Query("dockerfile") is { Length: > 0 } file ? file : "Dockerfile",
        Target = call.Query("target") ?? "",
        Arguments = Parse<Dictionary<string, string?>>(call, "buildargs")?.ToImmutableSortedDictionary(StringComparer.Ordinal) ?? ImmutableSortedDictionary<string, string?>.Empty,
        Labels = (Parse<Dictionary<string, string?>>(call, "labels") ?? []).ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value ?? "", StringComparer.Ordinal),
        CacheFrom = [.. Parse<string[]>(call, "cachefrom") ?? []],
        NoCache = call.Flag("nocache"),
        Pull = call.Flag("pull"),
        Platform = call.Version.AtLeast(32) ? PlatformText.FromWord(call.Query("platform"), host) : null,
        NetworkMode = call.Query("networkmode") ?? "",
        ExtraHosts = [.. (call.Query("extrahosts") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)],
        Resources = ResourcesOf(call),
        SecurityOptions = [.. Parse<string[]>(call, "securityopt") ?? []],
        Credentials = RegistryAuth.FromConfigHeader(call).ToImmutableDictionary(StringComparer.Ordinal),
        Classic = true,
        Remove = call.Flag("rm", otherwise: true),
        ForceRemove = call.Flag("forcerm"),
    };

    /// <summary>The names of the result.</summary>
    public static ImmutableArray<ImageReference> Names(DockerCall call) =>
        [.. call.QueryAll("t").Where(name => name.Length > 0).Select(name => RepositoryName.Parse(name, null)).DistinctBy(name => name.Canonical)];

    /// <summary>What is refused before anything is read.</summary>
    public static void Check(DockerCall call)
    {
        if (call.Flag("squash"))
        {
            throw DockerException.BadRequest("squash is only supported with experimental mode");
        }
        if (call.Query("version") is "2" || call.Query("remote") is "client-session")
        {
            throw DockerException.NotImplemented("BuildKit builds come over /grpc and /session: use docker buildx, or the classic builder with DOCKER_BUILDKIT=0");
        }
        if (call.Query("version") is not (null or "" or "1"))
        {
            throw DockerException.BadRequest($"invalid version {call.Query("version")}");
        }
    }

    private static ResourceSpec ResourcesOf(DockerCall call)
    {
        var wire = new HostConfig
        {
            Memory = call.Number("memory") ?? 0,
            MemorySwap = call.Number("memswap") ?? 0,
            CpuShares = call.Number("cpushares") ?? 0,
            CpuPeriod = call.Number("cpuperiod") ?? 0,
            CpuQuota = call.Number("cpuquota") ?? 0,
            CpusetCpus = call.Query("cpusetcpus") ?? "",
            CpusetMems = call.Query("cpusetmems") ?? "",
            CgroupParent = call.Query("cgroupparent") ?? "",
            Ulimits = Parse<Ulimit[]>(call, "ulimits"),
        };
        var shared = call.Number("shmsize") ?? 0;
        return ResourceMap.ToCore(wire) with { SharedMemory = shared >= 0 ? new Core.Units.ByteSize(shared) : throw DockerException.BadRequest("SHM size can not be less than 0") };
    }

    private static T? Parse<T>(DockerCall call, string name) where T : class
    {
        var text = call.Query(name);
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }
        try
        {
            return JsonSerializer.Deserialize(text, DockerJson.Reading.TypeOf<T>());
        }
        catch (JsonException)
        {
            throw DockerException.BadRequest($"error reading {name}: invalid JSON");
        }
    }
}
