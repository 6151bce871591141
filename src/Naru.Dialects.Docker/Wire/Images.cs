using System.Text.Json.Serialization;

namespace Naru.Dialects.Docker.Wire;

/// <summary>An entry of <c>GET /images/json</c>.</summary>
internal sealed record ImageSummary
{
    public long Containers { get; set; } = -1;
    public long Created { get; set; }
    public string Id { get; set; } = "";
    public SortedDictionary<string, string>? Labels { get; set; }
    public string ParentId { get; set; } = "";
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OciDescriptor? Descriptor { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImageManifest[]? Manifests { get; set; }
    public string[]? RepoDigests { get; set; }
    public string[]? RepoTags { get; set; }
    public long SharedSize { get; set; } = -1;
    public long Size { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? VirtualSize { get; set; }
}

internal sealed record ImageManifest
{
    public string ID { get; set; } = "";
    public OciDescriptor Descriptor { get; set; } = new();
    public bool Available { get; set; }
    public ImageManifestSize Size { get; set; } = new();
    public string Kind { get; set; } = "image";
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImageManifestData? ImageData { get; set; }
}

internal sealed record ImageManifestSize
{
    public long Total { get; set; }
    public long Content { get; set; }
}

internal sealed record ImageManifestData
{
    public OciPlatform Platform { get; set; } = new();
    public string[] Containers { get; set; } = [];
    public ImageUnpackedSize Size { get; set; } = new();
}

internal sealed record ImageUnpackedSize
{
    public long Unpacked { get; set; }
}

/// <summary>Answer of <c>GET /images/{name}/json</c>.</summary>
internal sealed record ImageInspect
{
    public string Id { get; set; } = "";
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OciDescriptor? Descriptor { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImageManifest[]? Manifests { get; set; }
    public string[] RepoTags { get; set; } = [];
    public string[] RepoDigests { get; set; } = [];
    public string Parent { get; set; } = "";
    public string Comment { get; set; } = "";
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Created { get; set; }
    public string Container { get; set; } = "";
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ContainerConfig? ContainerConfig { get; set; }
    public string DockerVersion { get; set; } = "";
    public string Author { get; set; } = "";
    public ImageConfig? Config { get; set; }
    public string Architecture { get; set; } = "";
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Variant { get; set; }
    public string Os { get; set; } = "";
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? OsVersion { get; set; }
    public long Size { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? VirtualSize { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DriverData? GraphDriver { get; set; }
    public RootFs RootFS { get; set; } = new();
    public ImageMetadata Metadata { get; set; } = new();
}

/// <summary>
/// An image's configuration. Which of its empty fields are written differs by API version: up to 1.49 all of a container's
/// configuration, up to 1.51 the image's own fields even when empty, from 1.52 only what is set.
/// </summary>
internal sealed record ImageConfig
{
    public string Hostname { get; set; } = "";
    public string Domainname { get; set; } = "";
    public string User { get; set; } = "";
    public bool AttachStdin { get; set; }
    public bool AttachStdout { get; set; }
    public bool AttachStderr { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SortedDictionary<string, Empty?>? ExposedPorts { get; set; }
    public bool Tty { get; set; }
    public bool OpenStdin { get; set; }
    public bool StdinOnce { get; set; }
    public string[]? Env { get; set; }
    public string[]? Cmd { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HealthConfig? Healthcheck { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? ArgsEscaped { get; set; }
    public string Image { get; set; } = "";
    public SortedDictionary<string, Empty?>? Volumes { get; set; }
    public string WorkingDir { get; set; } = "";
    public string[]? Entrypoint { get; set; }
    public string[]? OnBuild { get; set; }
    public SortedDictionary<string, string>? Labels { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? StopSignal { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string[]? Shell { get; set; }
}

internal sealed record RootFs
{
    public string Type { get; set; } = "layers";
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string[]? Layers { get; set; }
}

internal sealed record ImageMetadata
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LastTagTime { get; set; }
}

internal sealed record ImageHistoryItem
{
    public string Comment { get; set; } = "";
    public long Created { get; set; }
    public string CreatedBy { get; set; } = "";
    public string Id { get; set; } = "";
    public long Size { get; set; }
    public string[]? Tags { get; set; }
}

internal sealed record ImageDeleteItem
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Untagged { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Deleted { get; set; }
}

internal sealed record ImagesPruneReport
{
    public ImageDeleteItem[]? ImagesDeleted { get; set; }
    public long SpaceReclaimed { get; set; }
}

internal sealed record SearchResult
{
    [JsonPropertyName("star_count")]
    public int StarCount { get; set; }
    [JsonPropertyName("is_official")]
    public bool IsOfficial { get; set; }
    [JsonPropertyName("name")]
    public string Name { get; set; } = "";
    [JsonPropertyName("is_automated")]
    public bool IsAutomated { get; set; }
    [JsonPropertyName("description")]
    public string Description { get; set; } = "";
}

internal sealed record DistributionInspect
{
    public OciDescriptor Descriptor { get; set; } = new();
    public OciPlatform[] Platforms { get; set; } = [];
}

/// <summary>What <c>X-Registry-Auth</c> holds in base64, and the body of <c>POST /auth</c>.</summary>
internal sealed record AuthConfig
{
    [JsonPropertyName("username")]
    public string? Username { get; set; }
    [JsonPropertyName("password")]
    public string? Password { get; set; }
    [JsonPropertyName("auth")]
    public string? Auth { get; set; }
    [JsonPropertyName("email")]
    public string? Email { get; set; }
    [JsonPropertyName("serveraddress")]
    public string? ServerAddress { get; set; }
    [JsonPropertyName("identitytoken")]
    public string? IdentityToken { get; set; }
    [JsonPropertyName("registrytoken")]
    public string? RegistryToken { get; set; }
}

internal sealed record AuthResponse
{
    public string Status { get; set; } = "";
    public string IdentityToken { get; set; } = "";
}
