using Naru.Objects.Values;

namespace Naru.Agent.Pods;

/// <summary>What a container's status says of how it was made: its user, its mounts, the signal that ends it. Pure.</summary>
internal static class ContainerFacts
{
    /// <summary>Writes it into a status.</summary>
    /// <param name="status">The status.</param>
    /// <param name="member">The container.</param>
    /// <param name="latest">Its newest run; null: there is none.</param>
    /// <param name="before">What its status said last; null: nothing.</param>
    public static void Add(MapValue status, PodMember member, PodContainer? latest, MapValue? before)
    {
        var user = latest is null || before?.Text("containerID") == ContainerStatuses.Scheme + latest.Id.Value ? before?.Map("user")?.Clone() : null;
        user = latest?.Engine.Status.User is { } known ? UserOf(known) : user;
        if (user is not null)
        {
            status["user"] = user;
        }

        if (member.Spec.Map("lifecycle")?["stopSignal"] is { } signal && latest is not null)
        {
            status["stopSignal"] = signal.Clone();
        }

        if (member.Spec.List("volumeMounts") is { Count: > 0 } mounts)
        {
            status["volumeMounts"] = new ListValue(mounts.Maps().Select(MountOf));
        }
    }

    private static MapValue UserOf(Core.Containers.ProcessUser user) => new()
    {
        {
            "linux", new MapValue
            {
                { "uid", (long)user.User }, { "gid", (long)user.Group }, { "supplementalGroups", new ListValue(user.Groups.Order().Select(static one => IntegerValue.Of(one))) },
            }
        },
    };

    private static MapValue MountOf(MapValue mount)
    {
        var body = new MapValue { { "name", mount.Text("name") ?? "" }, { "mountPath", mount.Text("mountPath") ?? "" } };
        if (mount.Boolean("readOnly") == true)
        {
            body.Add("readOnly", true);
            body.Add("recursiveReadOnly", mount.Text("recursiveReadOnly") is null or "Disabled" ? "Disabled" : "Enabled");
        }

        return body;
    }
}
