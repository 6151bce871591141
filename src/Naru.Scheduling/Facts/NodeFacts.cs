using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Scheduling.Facts;

/// <summary>What the scheduler needs to know of a node object. Never changes.</summary>
internal sealed record NodeFacts
{
    public required string Name { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    public Taint[] Taints { get; init; } = [];

    public bool Unschedulable { get; init; }

    /// <summary>By the number of the resource.</summary>
    public long[] Allocatable { get; init; } = [];

    public long Pods { get; init; }

    /// <summary>Sizes of the images that it has, by name.</summary>
    public IReadOnlyDictionary<string, long> Images { get; init; } = new Dictionary<string, long>();

    public static NodeFacts Read(StoredObject node, Resources resources) => Read(node.Tree, resources);

    public static NodeFacts Read(MapValue node, Resources resources)
    {
        var status = node.Map("status");
        var allocatable = Amounts.Read(status?.Map("allocatable") ?? status?.Map("capacity"), resources);
        var pods = allocatable[resources.Number("pods")];
        var amounts = new long[resources.Count];
        foreach (var (resource, amount) in allocatable.All)
        {
            amounts[resource] = amount;
        }

        return new()
        {
            Name = node.Text("metadata", "name") ?? "",
            Labels = TextMap.Read(node.Map("metadata", "labels")),
            Taints = [.. node.Maps("spec", "taints").Select(static taint => new Taint(taint.Text("key") ?? "", taint.Text("value") ?? "", taint.Text("effect") ?? ""))],
            Unschedulable = node.Boolean("spec", "unschedulable") ?? false,
            Allocatable = amounts,
            Pods = pods,
            Images = ReadImages(status),
        };
    }

    /// <summary>Everything that a decision can depend on is the same.</summary>
    public bool Equals(NodeFacts? other) =>
        other is not null && Name == other.Name && Unschedulable == other.Unschedulable && Pods == other.Pods && Allocatable.AsSpan().SequenceEqual(other.Allocatable)
        && Taints.AsSpan().SequenceEqual(other.Taints) && TextMap.Same(Labels, other.Labels) && TextMap.Same(Images, other.Images);

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    private static Dictionary<string, long> ReadImages(MapValue? status)
    {
        var images = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var image in status?.Maps("images") ?? [])
        {
            var size = image.Integer("sizeBytes") ?? 0;
            foreach (var name in image.List("names")?.Texts() ?? [])
            {
                images[name] = size;
            }
        }

        return images;
    }
}
