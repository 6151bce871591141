using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Values;

namespace Naru.Kinds.Core.Pods;

/// <summary>What is allowed in pods and pod templates, and ill-advised.</summary>
internal static class PodWarnings
{
    private static readonly (string Key, string Instead)[] OldNodeLabels =
    [
        ("beta.kubernetes.io/arch", "kubernetes.io/arch"),
        ("beta.kubernetes.io/os", "kubernetes.io/os"),
        ("failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region"),
        ("failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone"),
        ("beta.kubernetes.io/instance-type", "node.kubernetes.io/instance-type"),
    ];

    /// <summary>Of a new pod.</summary>
    public static IEnumerable<string> OfPod(MapValue body)
    {
        if (body.Text("metadata", "name") is { } name && NameChecks.Label(name) is { } wrong)
        {
            yield return $"metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [{wrong}]";
        }

        foreach (var text in OfSpec(body.Under("spec"), FieldPath.Spec))
        {
            yield return text;
        }
    }

    /// <summary>Of a pod template.</summary>
    public static IEnumerable<string> OfTemplate(MapValue template, FieldPath path) => OfSpec(template.Under("spec"), path.Child("spec"));

    private static IEnumerable<string> OfSpec(MapValue spec, FieldPath path)
    {
        foreach (var (key, instead) in OldNodeLabels)
        {
            if (spec.Under("nodeSelector").Has(key))
            {
                yield return $"{path.Child("nodeSelector").Key(key)}: deprecated since v1.14; use \"{instead}\" instead";
            }
        }

        foreach (var (index, volume) in spec.Entries("volumes"))
        {
            if (volume.Has("gitRepo"))
            {
                yield return $"{path.Child("volumes").Index(index).Child("gitRepo")}: deprecated in v1.11, and disabled by default in v1.33+";
            }
        }

        foreach (var list in (string[])["initContainers", "containers"])
        {
            foreach (var (index, container) in spec.Entries(list))
            {
                foreach (var text in OfContainer(container, path.Child(list).Index(index)))
                {
                    yield return text;
                }
            }
        }
    }

    private static IEnumerable<string> OfContainer(MapValue container, FieldPath path)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (index, variable) in container.Entries("env"))
        {
            var name = variable.Str("name");
            if (seen.TryGetValue(name, out var first) && !variable.Str("value").Contains($"$({name})", StringComparison.Ordinal))
            {
                yield return $"{path.Child("env").Index(index)}: hides previous definition of \"{name}\", which may be dropped when using apply";
            }

            seen[name] = first;
        }

        var ports = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, port) in container.Entries("ports"))
        {
            if (port.Int("hostPort") == 0 && !ports.Add($"{port["containerPort"]}/{port.Str("protocol")}/{port.Str("hostIP")}"))
            {
                yield return $"{path.Child("ports").Index(index)}: duplicate port definition with {path.Child("ports")}";
            }
        }

        foreach (var side in (string[])["limits", "requests"])
        {
            if (container.Under("resources").Under(side).Amount("memory") is { } memory && memory.MilliValue % 1000 != 0)
            {
                yield return $"{path.Child("resources", side).Key("memory")}: fractional byte value \"{memory}\" is invalid, must be an integer";
            }
        }
    }
}
