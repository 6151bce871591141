using Naru.Objects.Values;

namespace Naru.Controllers.Endpoints;

/// <summary>The ports of a service as a pod has them: the same name may be another number in each pod.</summary>
internal static class TargetPorts
{
    /// <summary>Entries for slices and Endpoints: name, protocol, port, appProtocol. Ports that the pod has no number for are left out.</summary>
    public static ListValue Of(MapValue service, MapValue pod)
    {
        var list = new ListValue();
        foreach (var port in service.Maps("spec", "ports"))
        {
            if (NumberOf(port, pod) is not { } number)
            {
                continue;
            }

            var made = new MapValue(4) { ["name"] = port.Text("name") ?? "", ["port"] = number, ["protocol"] = port.Text("protocol") ?? "TCP" };
            if (port["appProtocol"] is { } protocol)
            {
                made["appProtocol"] = protocol;
            }

            list.Add(made);
        }

        return list;
    }

    private static long? NumberOf(MapValue port, MapValue pod)
    {
        if (port["targetPort"] is not TextValue { Text.Length: > 0 } named)
        {
            return port.Integer("targetPort") is > 0 and var number ? number : port.Integer("port");
        }

        var protocol = port.Text("protocol") ?? "TCP";
        // Containers that run beside the others from the start count too.
        var containers = pod.Maps("spec", "containers").Concat(pod.Maps("spec", "initContainers").Where(static one => one.Text("restartPolicy") == "Always"));
        return containers.SelectMany(static one => one.Maps("ports"))
            .FirstOrDefault(one => one.Text("name") == named.Text && (one.Text("protocol") ?? "TCP") == protocol)?.Integer("containerPort");
    }
}
