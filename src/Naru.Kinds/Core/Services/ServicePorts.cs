using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Core.Services;

/// <summary>The ports of a service.</summary>
internal static class ServicePorts
{
    /// <summary>Ports that say nothing of their node port keep the one they had.</summary>
    public static void KeepNodePorts(MapValue spec, MapValue before)
    {
        if (spec.Str("type") is not ("NodePort" or "LoadBalancer") || before.Str("type") is not ("NodePort" or "LoadBalancer"))
        {
            return;
        }

        var taken = spec.Entries("ports").Select(static one => one.Entry.Int("nodePort")).Where(static one => one != 0).ToHashSet();
        foreach (var (_, port) in spec.Entries("ports"))
        {
            if (port.Int("nodePort") != 0)
            {
                continue;
            }

            var same = before.Entries("ports").Select(static one => one.Entry)
                .FirstOrDefault(one => one.Int("port") == port.Int("port") && one.Str("protocol") == port.Str("protocol") && one.Int("nodePort") != 0);
            if (same is not null && taken.Add(same.Int("nodePort")))
            {
                port["nodePort"] = same["nodePort"];
            }
        }
    }

    /// <summary>A service that becomes one without node ports loses those it had, unless somebody chose others.</summary>
    public static void DropNodePorts(MapValue spec, MapValue before)
    {
        if (spec.Str("type") is "NodePort" or "LoadBalancer" || before.Str("type") is not ("NodePort" or "LoadBalancer"))
        {
            return;
        }

        var given = before.Entries("ports").Select(static one => one.Entry.Int("nodePort")).ToHashSet();
        if (spec.Entries("ports").All(one => one.Entry.Int("nodePort") == 0 || given.Contains(one.Entry.Int("nodePort"))))
        {
            foreach (var (_, port) in spec.Entries("ports"))
            {
                port.Remove("nodePort");
            }
        }
    }

    /// <summary>The rules of the list.</summary>
    public static void Validate(MapValue spec, FieldPath path, FieldErrors errors)
    {
        var headless = spec.Str("clusterIP") == "None";
        var type = spec.Str("type");
        if (spec.CountOf("ports") == 0 && !headless && type != "ExternalName")
        {
            errors.Required(path);
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        var nodePorts = new HashSet<(string, long)>();
        var ports = new HashSet<(string, long)>();
        foreach (var (index, port) in spec.Entries("ports"))
        {
            var place = path.Index(index);
            ValidateOne(port, place, spec.CountOf("ports") > 1, names, errors);
            var protocol = port.Str("protocol");
            if (port.Int("nodePort") is not 0 and var nodePort)
            {
                if (type is "ClusterIP" or "ExternalName")
                {
                    errors.Forbidden(place.Child("nodePort"), $"may not be used when `type` is '{type}'");
                }

                if (!nodePorts.Add((protocol, nodePort)))
                {
                    errors.Duplicate(place.Child("nodePort"), nodePort);
                }
            }

            if (!ports.Add((protocol, port.Int("port"))))
            {
                errors.Duplicate(place, new MapValue { ["protocol"] = protocol, ["port"] = port["port"]! });
            }
        }
    }

    private static void ValidateOne(MapValue port, FieldPath path, bool named, HashSet<string> names, FieldErrors errors)
    {
        var name = port.Str("name");
        if (name.Length == 0)
        {
            if (named)
            {
                errors.Required(path.Child("name"));
            }
        }
        else if (NameChecks.Label(name) is { } wrong)
        {
            errors.Invalid(path.Child("name"), name, wrong);
        }
        else if (!names.Add(name))
        {
            errors.Duplicate(path.Child("name"), name);
        }

        errors.Port(path.Child("port"), port.Int("port"));
        errors.RequiredWord(path.Child("protocol"), port.Str("protocol"), "SCTP", "TCP", "UDP");
        errors.PortOrName(path.Child("targetPort"), port["targetPort"]);
        if (port["appProtocol"] is TextValue protocol)
        {
            errors.Form(path.Child("appProtocol"), protocol.Text, NameChecks.Qualified);
        }

    }
}
