using System.Globalization;
using System.Text;
using Naru.Agent.Pods;
using Naru.Objects.Quantities;
using Naru.Objects.Values;

namespace Naru.Agent.Containers;

/// <summary>Fields of a pod as its containers may see them (fieldRef, resourceFieldRef). Pure.</summary>
internal static class FieldReferences
{
    /// <summary>The value of a field; null if there is no such field.</summary>
    public static string? Field(PodView pod, string path, PodAddresses addresses)
    {
        if (path.EndsWith("']", StringComparison.Ordinal) && path.IndexOf("['", StringComparison.Ordinal) is var open and > 0)
        {
            return pod.Tree.Text("metadata", path[..open]["metadata.".Length..], path[(open + 2)..^2]) ?? "";
        }

        return path switch
        {
            "metadata.name" => pod.Name,
            "metadata.namespace" => pod.Namespace,
            "metadata.uid" => pod.Uid,
            "metadata.labels" => Lines(pod.Tree.Map("metadata", "labels")),
            "metadata.annotations" => Lines(pod.Tree.Map("metadata", "annotations")),
            "spec.nodeName" => pod.Spec.Text("nodeName") ?? "",
            "spec.serviceAccountName" => pod.Spec.Text("serviceAccountName") ?? "",
            "spec.restartPolicy" => pod.RestartPolicy,
            "status.hostIP" => addresses.Host.Count > 0 ? addresses.Host[0] : "",
            "status.hostIPs" => string.Join(',', addresses.Host),
            "status.podIP" => addresses.Pod.Count > 0 ? addresses.Pod[0] : "",
            "status.podIPs" => string.Join(',', addresses.Pod),
            _ => null,
        };
    }

    /// <summary>A request or limit, in units of the divisor, rounded up; a limit that is not set is what the node has.</summary>
    public static string Resource(MapValue container, string resource, string? divisor, NodeRoom node)
    {
        var dot = resource.IndexOf('.', StringComparison.Ordinal);
        var (list, name) = (resource[..dot], resource[(dot + 1)..]);
        var text = (container.At("resources", list, name) ?? (list == "limits" ? null : container.At("resources", "limits", name)))?.ToString();
        var unit = divisor is null or "" or "0" ? 1m : Parse(divisor);
        var amount = text is not null ? Parse(text) : list != "limits" ? 0m : name switch
        {
            "cpu" => node.Processors,
            "memory" => node.Memory,
            "ephemeral-storage" => node.Storage,
            _ => 0m,
        };
        return decimal.Ceiling(amount / unit).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>A map as lines <c>name="value"</c>, in order.</summary>
    private static string Lines(MapValue? map)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in (map ?? []).OrderBy(static one => one.Key, StringComparer.Ordinal))
        {
            if (text.Length > 0)
            {
                text.Append('\n');
            }

            text.Append(name).Append('=').Append(Quote(value.ToString() ?? ""));
        }

        return text.ToString();
    }

    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var letter in text)
        {
            quoted.Append(letter switch { '"' => "\\\"", '\\' => @"\\", '\n' => "\\n", '\t' => "\\t", '\r' => "\\r", _ => letter.ToString() });
        }

        return quoted.Append('"').ToString();
    }

    private static decimal Parse(string text) => Quantity.TryParse(text, out var quantity) ? quantity.MilliValue / 1000m : 0m;
}

/// <summary>Addresses of a pod and of its host.</summary>
internal sealed record PodAddresses(IReadOnlyList<string> Pod, IReadOnlyList<string> Host);

/// <summary>What a node has for pods.</summary>
internal sealed record NodeRoom(decimal Processors, long Memory, long Storage);
