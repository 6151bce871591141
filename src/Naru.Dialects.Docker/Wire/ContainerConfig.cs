using System.Text.Json.Serialization;
using Naru.Dialects.Docker.Http;

namespace Naru.Dialects.Docker.Wire;

/// <summary>What a container runs: the top level of a create body, and <c>Config</c> of an inspection.</summary>
internal record ContainerConfig
{
    public string? Hostname { get; set; } = "";
    public string? Domainname { get; set; } = "";
    public string? User { get; set; } = "";
    public bool AttachStdin { get; set; }
    public bool AttachStdout { get; set; }
    public bool AttachStderr { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SortedDictionary<string, Empty?>? ExposedPorts { get; set; }
    public bool Tty { get; set; }
    public bool OpenStdin { get; set; }
    public bool StdinOnce { get; set; }
    public string[]? Env { get; set; }
    [JsonConverter(typeof(StringOrArrayConverter))]
    public string[]? Cmd { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HealthConfig? Healthcheck { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ArgsEscaped { get; set; }
    public string? Image { get; set; } = "";
    public SortedDictionary<string, Empty?>? Volumes { get; set; }
    public string? WorkingDir { get; set; } = "";
    [JsonConverter(typeof(StringOrArrayConverter))]
    public string[]? Entrypoint { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool NetworkDisabled { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? MacAddress { get; set; }
    public string[]? OnBuild { get; set; }
    public SortedDictionary<string, string>? Labels { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? StopSignal { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? StopTimeout { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonConverter(typeof(StringOrArrayConverter))]
    public string[]? Shell { get; set; }
}

/// <summary>Body of <c>POST /containers/create</c>.</summary>
internal sealed record ContainerCreateRequest : ContainerConfig
{
    public HostConfig? HostConfig { get; set; }
    public NetworkingConfig? NetworkingConfig { get; set; }
}

/// <summary>The value of a set written as a map: <c>{}</c>.</summary>
internal sealed record Empty
{
    public static readonly Empty Instance = new();
}

/// <summary>A health check; durations in nanoseconds.</summary>
internal sealed record HealthConfig
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string[]? Test { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Interval { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Timeout { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long StartPeriod { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long StartInterval { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Retries { get; set; }
}
