using Naru.Kinds.Rules;
using Naru.Objects.Values;

namespace Naru.Kinds.PodTemplates;

/// <summary>What pods and pod templates get where nothing is said.</summary>
internal static class PodSpecDefaults
{
    private static readonly TextValue Always = new("Always");
    private static readonly TextValue ClusterFirst = new("ClusterFirst");
    private static readonly TextValue DefaultScheduler = new("default-scheduler");
    private static readonly IntegerValue Grace = new(30);

    /// <summary>A pod template: <c>metadata</c> and <c>spec</c>.</summary>
    public static void SetTemplate(MapValue? template)
    {
        if (template is not null)
        {
            template.MakeMap("metadata");
            Set(template.MakeMap("spec"));
        }
    }

    /// <summary>What templates and pods have alike.</summary>
    public static void Set(MapValue spec)
    {
        spec.DefaultText("restartPolicy", Always);
        spec.DefaultText("dnsPolicy", ClusterFirst);
        spec.DefaultText("schedulerName", DefaultScheduler);
        spec.Default("terminationGracePeriodSeconds", Grace);
        if (!spec.Has("securityContext"))
        {
            spec["securityContext"] = new MapValue();
        }

        SetServiceAccount(spec);
        foreach (var list in (ReadOnlySpan<string>)["containers", "initContainers", "ephemeralContainers"])
        {
            foreach (var (_, container) in spec.Entries(list))
            {
                ContainerDefaults.Set(container);
            }
        }

        foreach (var (_, volume) in spec.Entries("volumes"))
        {
            VolumeDefaults.Set(volume);
        }
    }

    /// <summary>What only real pods get.</summary>
    public static void SetPod(MapValue spec)
    {
        spec.Default("enableServiceLinks", BooleanValue.True);
        foreach (var list in (ReadOnlySpan<string>)["containers", "initContainers"])
        {
            foreach (var (_, container) in spec.Entries(list))
            {
                SetRequests(container);
                if (spec.Flag("hostNetwork"))
                {
                    SetHostPorts(container);
                }
            }
        }

        if (spec["resources"] is MapValue resources)
        {
            PodResources.SetDefaults(spec, resources);
        }
    }

    private static void SetServiceAccount(MapValue spec)
    {
        if (spec.Str("serviceAccountName").Length == 0 && spec["serviceAccount"] is TextValue { Text.Length: > 0 } old)
        {
            spec["serviceAccountName"] = old;
        }
        else if (spec["serviceAccountName"] is TextValue { Text.Length: > 0 } account)
        {
            spec["serviceAccount"] = account;
        }
    }

    private static void SetRequests(MapValue container)
    {
        if (container["resources"] is MapValue resources && resources["limits"] is MapValue { Count: > 0 } limits)
        {
            var requests = resources.MakeMap("requests");
            foreach (var (name, amount) in limits.AsSpan())
            {
                requests.Default(name, amount);
            }
        }
    }

    private static void SetHostPorts(MapValue container)
    {
        foreach (var (_, port) in container.Entries("ports"))
        {
            if (port.Int("hostPort") == 0)
            {
                port["hostPort"] = port["containerPort"];
            }
        }
    }
}
