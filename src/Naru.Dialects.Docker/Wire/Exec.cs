using System.Text.Json.Serialization;
using Naru.Dialects.Docker.Http;

namespace Naru.Dialects.Docker.Wire;

/// <summary>Body of <c>POST /containers/{id}/exec</c>.</summary>
internal sealed record ExecCreateRequest
{
    public string? User { get; set; }
    public bool Privileged { get; set; }
    public bool Tty { get; set; }
    public long[]? ConsoleSize { get; set; }
    public bool AttachStdin { get; set; }
    public bool AttachStderr { get; set; }
    public bool AttachStdout { get; set; }
    public bool Detach { get; set; }
    public string? DetachKeys { get; set; }
    public string[]? Env { get; set; }
    public string? WorkingDir { get; set; }
    [JsonConverter(typeof(StringOrArrayConverter))]
    public string[]? Cmd { get; set; }
}

/// <summary>Body of <c>POST /exec/{id}/start</c>.</summary>
internal sealed record ExecStartRequest
{
    public bool Detach { get; set; }
    public bool Tty { get; set; }
    public long[]? ConsoleSize { get; set; }
}

/// <summary>Answer of <c>GET /exec/{id}/json</c>.</summary>
internal sealed record ExecInspect
{
    public string ID { get; set; } = "";
    public bool Running { get; set; }
    public int? ExitCode { get; set; }
    public ExecProcessConfig ProcessConfig { get; set; } = new();
    public bool OpenStdin { get; set; }
    public bool OpenStderr { get; set; }
    public bool OpenStdout { get; set; }
    public bool CanRemove { get; set; }
    public string ContainerID { get; set; } = "";
    public string DetachKeys { get; set; } = "";
    public int Pid { get; set; }
}

internal sealed record ExecProcessConfig
{
    [JsonPropertyName("tty")]
    public bool Tty { get; set; }
    [JsonPropertyName("entrypoint")]
    public string Entrypoint { get; set; } = "";
    [JsonPropertyName("arguments")]
    public string[] Arguments { get; set; } = [];
    [JsonPropertyName("privileged"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Privileged { get; set; }
    [JsonPropertyName("user"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? User { get; set; }
}
