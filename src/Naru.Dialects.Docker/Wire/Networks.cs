using System.Text.Json.Serialization;

namespace Naru.Dialects.Docker.Wire;

/// <summary>Body of <c>POST /networks/create</c>.</summary>
internal sealed record NetworkCreateRequest
{
    public string? Name { get; set; }
    public bool CheckDuplicate { get; set; }
    public string? Driver { get; set; }
    public string? Scope { get; set; }
    public bool? EnableIPv4 { get; set; }
    public bool? EnableIPv6 { get; set; }
    public Ipam? IPAM { get; set; }
    public bool Internal { get; set; }
    public bool Attachable { get; set; }
    public bool Ingress { get; set; }
    public bool ConfigOnly { get; set; }
    public ConfigReference? ConfigFrom { get; set; }
    public SortedDictionary<string, string>? Options { get; set; }
    public SortedDictionary<string, string>? Labels { get; set; }
}

internal sealed record NetworkCreateResponse
{
    public string Id { get; set; } = "";
    public string Warning { get; set; } = "";
}

/// <summary>A network as lists and inspections show it; <see cref="Containers"/> is filled by inspection only.</summary>
internal sealed record NetworkResource
{
    public string Name { get; set; } = "";
    public string Id { get; set; } = "";
    public string Created { get; set; } = "";
    public string Scope { get; set; } = "local";
    public string Driver { get; set; } = "";
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? EnableIPv4 { get; set; }
    public bool EnableIPv6 { get; set; }
    public Ipam IPAM { get; set; } = new();
    public bool Internal { get; set; }
    public bool Attachable { get; set; }
    public bool Ingress { get; set; }
    public ConfigReference ConfigFrom { get; set; } = new();
    public bool ConfigOnly { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SortedDictionary<string, EndpointResource>? Containers { get; set; }
    public SortedDictionary<string, string> Options { get; set; } = [];
    public SortedDictionary<string, string> Labels { get; set; } = [];
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public NetworkStatus? Status { get; set; }
}

internal sealed record ConfigReference
{
    public string? Network { get; set; } = "";
}

internal sealed record EndpointResource
{
    public string Name { get; set; } = "";
    public string EndpointID { get; set; } = "";
    public string MacAddress { get; set; } = "";
    public string IPv4Address { get; set; } = "";
    public string IPv6Address { get; set; } = "";
}

internal sealed record Ipam
{
    public string? Driver { get; set; } = "default";
    public SortedDictionary<string, string>? Options { get; set; }
    public IpamConfig[]? Config { get; set; } = [];
}

internal sealed record IpamConfig
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Subnet { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? IPRange { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Gateway { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SortedDictionary<string, string>? AuxiliaryAddresses { get; set; }
    // Old clients, docker-py among them, write the older name.
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SortedDictionary<string, string>? AuxAddress { get; set; }
}

internal sealed record NetworkStatus
{
    public IpamStatus IPAM { get; set; } = new();
}

internal sealed record IpamStatus
{
    public SortedDictionary<string, SubnetStatus> Subnets { get; set; } = [];
}

internal sealed record SubnetStatus
{
    public ulong IPsInUse { get; set; }
    public ulong DynamicIPsAvailable { get; set; }
}

internal sealed record NetworkConnectRequest
{
    public string? Container { get; set; }
    public EndpointSettings? EndpointConfig { get; set; }
}

internal sealed record NetworkDisconnectRequest
{
    public string? Container { get; set; }
    public bool Force { get; set; }
}

internal sealed record NetworksPruneReport
{
    public string[]? NetworksDeleted { get; set; }
}
