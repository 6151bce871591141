using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Cluster.Serving;

/// <summary>The old way to ask whether the control plane is well. It is one process, and it answers: so they are.</summary>
internal static class ComponentStatuses
{
    private static readonly string[] Names = ["controller-manager", "etcd-0", "scheduler"];

    public static ApiObject? Get(string name) => Names.Contains(name) ? new ApiObject(null, Body(name)) : null;

    public static ApiList List() => new([.. Names.Select(static name => new ApiObject(null, Body(name)))], 0, "", null);

    private static MapValue Body(string name) => new()
    {
        { "apiVersion", "v1" },
        { "kind", "ComponentStatus" },
        { "metadata", new MapValue { { "name", name } } },
        { "conditions", new ListValue([new MapValue { { "type", "Healthy" }, { "status", "True" }, { "message", "ok" } }]) },
    };
}
