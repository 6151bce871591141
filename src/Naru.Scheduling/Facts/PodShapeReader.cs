using Naru.Objects.Values;

namespace Naru.Scheduling.Facts;

/// <summary>Reads a pod's shape from its tree. Done once for all pods of a shape.</summary>
internal sealed class PodShapeReader(Resources resources)
{
    public PodShape Read(MapValue pod)
    {
        var spec = pod.Map("spec") ?? [];
        var affinity = spec.Map("affinity") ?? [];
        var required = affinity.Map("nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution");
        var terms = required is null ? null : NodeTerm.ReadAll(required);
        var requests = new PodRequests(resources).Read(pod);
        return new()
        {
            Requests = [.. requests.Taken.All.Where(static request => request.Amount > 0)],
            ScoredCpu = requests.ScoredCpu,
            ScoredMemory = requests.ScoredMemory,
            Ports = ReadPorts(spec),
            Tolerations = [.. spec.Maps("tolerations").Select(Toleration.Read)],
            NodeSelector = LabelRules.ReadLabels(spec.Map("nodeSelector")),
            RequiredNodes = terms,
            OnlyNodes = OnlyNodes(terms),
            PreferredNodes = ReadPreferredNodes(affinity),
            Images = [.. spec.Maps("initContainers").Concat(spec.Maps("containers")).Select(static container => ImageName(container.Text("image") ?? ""))],
            Containers = spec.Maps("initContainers").Count() + spec.Maps("containers").Count(),
            Spread = [.. spec.Maps("topologySpreadConstraints").Select(SpreadRule.Read)],
            Affinity = ReadTerms(affinity, "podAffinity"),
            AntiAffinity = ReadTerms(affinity, "podAntiAffinity"),
            PreferredAffinity = [.. ReadPreferredTerms(affinity, "podAffinity", 1), .. ReadPreferredTerms(affinity, "podAntiAffinity", -1)],
        };
    }

    /// <summary>The name with its tag, as nodes list it.</summary>
    internal static string ImageName(string image) => image.LastIndexOf(':') <= image.LastIndexOf('/') ? image + ":latest" : image;

    private static string[]? OnlyNodes(NodeTerm[]? terms)
    {
        if (terms is null || terms.Length == 0 || terms.Any(static term => term.Names is null))
        {
            return null;
        }

        return [.. terms.SelectMany(static term => term.Names!).Distinct()];
    }

    private static PreferredNodeTerm[] ReadPreferredNodes(MapValue affinity) =>
    [
        .. from preferred in affinity.Maps("nodeAffinity", "preferredDuringSchedulingIgnoredDuringExecution")
           let weight = (int)(preferred.Integer("weight") ?? 0)
           where weight > 0 && preferred.Map("preference") is not null
           select new PreferredNodeTerm(new NodeTerm(preferred.Map("preference")!), weight),
    ];

    private static PodTerm[] ReadTerms(MapValue affinity, string kind) =>
        [.. affinity.Maps(kind, "requiredDuringSchedulingIgnoredDuringExecution").Select(PodTerm.Read)];

    private static IEnumerable<WeightedPodTerm> ReadPreferredTerms(MapValue affinity, string kind, int sign) =>
        from preferred in affinity.Maps(kind, "preferredDuringSchedulingIgnoredDuringExecution")
        let term = preferred.Map("podAffinityTerm")
        where term is not null
        select new WeightedPodTerm(PodTerm.Read(term), sign * (int)(preferred.Integer("weight") ?? 0));

    private static HostPort[] ReadPorts(MapValue spec)
    {
        var sidecars = spec.Maps("initContainers").Where(static container => container.Text("restartPolicy") == "Always");
        return
        [
            .. from container in spec.Maps("containers").Concat(sidecars)
               from port in container.Maps("ports")
               let number = port.Integer("hostPort") ?? 0
               where number > 0
               let address = port.Text("hostIP")
               select new HostPort(string.IsNullOrEmpty(address) || address == "::" ? "0.0.0.0" : address, port.Text("protocol") ?? "TCP", int.CreateSaturating(number)),
        ];
    }
}
