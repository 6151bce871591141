using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Controllers;

/// <summary>Resources that the housekeeping controllers read and write.</summary>
internal static class UpkeepResources
{
    public static readonly GroupResource Namespaces = new("", "namespaces");
    public static readonly GroupResource Pods = new("", "pods");
    public static readonly GroupResource Nodes = new("", "nodes");
    public static readonly GroupResource Services = new("", "services");
    public static readonly GroupResource Endpoints = new("", "endpoints");
    public static readonly GroupResource EndpointSlices = new("discovery.k8s.io", "endpointslices");
    public static readonly GroupResource ServiceAccounts = new("", "serviceaccounts");
    public static readonly GroupResource ConfigMaps = new("", "configmaps");
    public static readonly GroupResource Events = new("", "events");
    public static readonly GroupResource ServiceCidrs = new("networking.k8s.io", "servicecidrs");
    public static readonly GroupResource IPAddresses = new("networking.k8s.io", "ipaddresses");

    /// <summary>A body with its type and name.</summary>
    public static MapValue Body(string apiVersion, string kind, string @namespace, string name) => new(4)
    {
        ["apiVersion"] = apiVersion,
        ["kind"] = kind,
        ["metadata"] = @namespace.Length == 0 ? new MapValue(1) { ["name"] = name } : new MapValue(2) { ["name"] = name, ["namespace"] = @namespace },
    };
}
