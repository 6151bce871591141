using Naru.Objects.Values;

namespace Naru.Cluster.Subresources;

/// <summary>The answer to acts that have nothing to show.</summary>
internal static class StatusBody
{
    public static MapValue Success() => new()
    {
        { "kind", "Status" },
        { "apiVersion", "v1" },
        { "metadata", new MapValue() },
        { "status", "Success" },
        { "code", 201 },
    };
}
