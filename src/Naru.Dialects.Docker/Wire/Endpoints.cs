using System.Text.Json.Serialization;

namespace Naru.Dialects.Docker.Wire;

internal sealed record NetworkingConfig
{
    public SortedDictionary<string, EndpointSettings?>? EndpointsConfig { get; set; }
}

/// <summary>A container's place in one network, asked for or as it is.</summary>
internal sealed record EndpointSettings
{
    public EndpointIpamConfig? IPAMConfig { get; set; }
    public string[]? Links { get; set; }
    public string[]? Aliases { get; set; }
    public SortedDictionary<string, string>? DriverOpts { get; set; }
    public long GwPriority { get; set; }
    public string? NetworkID { get; set; } = "";
    public string? EndpointID { get; set; } = "";
    public string? Gateway { get; set; } = "";
    public string? IPAddress { get; set; } = "";
    public string? MacAddress { get; set; } = "";
    public int IPPrefixLen { get; set; }
    public string? IPv6Gateway { get; set; } = "";
    public string? GlobalIPv6Address { get; set; } = "";
    public int GlobalIPv6PrefixLen { get; set; }
    public string[]? DNSNames { get; set; }
}

internal sealed record EndpointIpamConfig
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? IPv4Address { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? IPv6Address { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string[]? LinkLocalIPs { get; set; }
}

internal sealed record NetworkSettings
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Bridge { get; set; }
    public string SandboxID { get; set; } = "";
    public string SandboxKey { get; set; } = "";
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? HairpinMode { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LinkLocalIPv6Address { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? LinkLocalIPv6PrefixLen { get; set; }
    public SortedDictionary<string, PortBinding[]?> Ports { get; set; } = [];
    public string[]? SecondaryIPAddresses { get; set; }
    public string[]? SecondaryIPv6Addresses { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? EndpointID { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Gateway { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? GlobalIPv6Address { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? GlobalIPv6PrefixLen { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? IPAddress { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? IPPrefixLen { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? IPv6Gateway { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? MacAddress { get; set; }
    public SortedDictionary<string, EndpointSettings> Networks { get; set; } = [];
}
