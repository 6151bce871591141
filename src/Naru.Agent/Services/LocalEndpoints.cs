using Naru.Objects.Values;

namespace Naru.Agent.Services;

/// <summary>How many endpoints of a service this node has. Pure.</summary>
internal static class LocalEndpoints
{
    /// <summary>Ready ones that do not end, whatever their ports.</summary>
    public static int Count(ServiceSight sight) =>
        sight.Slices.SelectMany(static slice => slice.Maps("endpoints"))
            .Where(one => one.Text("nodeName") == sight.Node && one.Boolean("conditions", "ready") != false)
            .Select(static one => one.List("addresses")?.Texts().FirstOrDefault())
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .Count();
}
