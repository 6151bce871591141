using Naru.Kinds.Rules;
using Naru.Objects.Values;

namespace Naru.Kinds.PodTemplates;

/// <summary>What containers get where nothing is said.</summary>
internal static class ContainerDefaults
{
    private static readonly TextValue Always = new("Always");
    private static readonly TextValue IfNotPresent = new("IfNotPresent");
    private static readonly TextValue File = new("File");
    private static readonly TextValue MessagePath = new("/dev/termination-log");
    private static readonly TextValue Tcp = new("TCP");
    private static readonly TextValue V1 = new("v1");
    private static readonly TextValue Zero = new("0");

    /// <summary>A container of any sort.</summary>
    public static void Set(MapValue container)
    {
        container.DefaultText("imagePullPolicy", PullPolicy(container.Str("image")));
        container.DefaultText("terminationMessagePath", MessagePath);
        container.DefaultText("terminationMessagePolicy", File);
        if (!container.Has("resources"))
        {
            container["resources"] = new MapValue();
        }

        SetPorts(container);
        foreach (var (_, variable) in container.Entries("env"))
        {
            if (variable["valueFrom"] is MapValue source)
            {
                SetFieldSource(source);
            }
        }

        SetProbe(container["livenessProbe"]);
        SetProbe(container["readinessProbe"]);
        SetProbe(container["startupProbe"]);
        if (container["lifecycle"] is MapValue lifecycle)
        {
            SetHttp(lifecycle.Map("postStart", "httpGet"));
            SetHttp(lifecycle.Map("preStop", "httpGet"));
        }
    }

    /// <summary>A source of the downward API: variables and files.</summary>
    public static void SetFieldSource(MapValue source)
    {
        if (source["fieldRef"] is MapValue field)
        {
            field.DefaultText("apiVersion", V1);
        }

        if (source["resourceFieldRef"] is MapValue resource)
        {
            resource.Default("divisor", Zero);
        }
    }

    /// <summary>Images without a tag or with the tag latest may change: they are pulled each time.</summary>
    public static TextValue PullPolicy(string image)
    {
        var at = image.IndexOf('@', StringComparison.Ordinal);
        var name = at < 0 ? image.AsSpan() : image.AsSpan(0, at);
        var last = name[(name.LastIndexOf('/') + 1)..];
        var colon = last.IndexOf(':');
        var latest = colon < 0 ? at < 0 && last.Length > 0 : last[(colon + 1)..].SequenceEqual("latest");
        return latest ? Always : IfNotPresent;
    }

    private static void SetPorts(MapValue container)
    {
        foreach (var (_, port) in container.Entries("ports"))
        {
            port.DefaultText("protocol", Tcp);
        }
    }

    private static void SetProbe(Value? value)
    {
        if (value is not MapValue probe)
        {
            return;
        }

        probe.DefaultNumber("timeoutSeconds", 1);
        probe.DefaultNumber("periodSeconds", 10);
        probe.DefaultNumber("successThreshold", 1);
        probe.DefaultNumber("failureThreshold", 3);
        SetHttp(probe["httpGet"] as MapValue);
        if (probe["grpc"] is MapValue grpc)
        {
            grpc.Default("service", "");
        }
    }

    private static void SetHttp(MapValue? http)
    {
        http?.DefaultText("path", "/");
        http?.DefaultText("scheme", "HTTP");
    }
}
