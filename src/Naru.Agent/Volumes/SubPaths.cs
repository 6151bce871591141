using System.Globalization;
using Naru.Agent.Containers;
using Naru.Agent.Pods;
using Naru.Agent.Sandboxes;
using Naru.Core.Errors;
using Naru.Core.Hosts;
using Naru.Objects.Values;

namespace Naru.Agent.Volumes;

/// <summary>
/// Parts of volumes that containers see instead of the whole. What a path leads to is decided once, by the kernel, and mounted at a place of the pod's own; from there it goes into the container.
/// So nobody who may write to the volume can swap it for something of the host between the look and the mount.
/// </summary>
internal sealed class SubPaths(PodFiles files, INodeMounts mounts)
{
    /// <summary>Path below the volume that a mount asks for; empty: all of it.</summary>
    public static string Of(MapValue mount, Func<string, string?> lookUp)
    {
        if (mount.Text("subPathExpr") is not { Length: > 0 } expression)
        {
            return mount.Text("subPath") ?? "";
        }

        string? missing = null;
        var path = Expansion.Expand(expression, name => lookUp(name) ?? Miss(name));
        if (missing is not null)
        {
            throw ConfigFailure.Config($"missing value for \"{missing}\"");
        }

        return path.StartsWith('/') || path.Split('/').Contains("..")
            ? throw ConfigFailure.Config(path.StartsWith('/') ? $"error SubPath `{path}` must not be an absolute path" : $"unable to provision SubPath `{path}`: must not contain '..'")
            : path;

        string Miss(string name) => missing ??= name;
    }

    /// <summary>Shows a part of a volume at its place for a container's mount.</summary>
    public string Show(PodView pod, PodMember member, string volume, string target, string root, string path)
    {
        var index = member.Spec.Maps("volumeMounts").TakeWhile(one => one.Text("mountPath") != target).Count();
        var place = Path.Combine(files.Of(pod.Uid), "volume-subpaths", volume, member.Name, index.ToString(CultureInfo.InvariantCulture));
        try
        {
            mounts.BindBelow(root, path, place);
            return place;
        }
        catch (Exception failure) when (failure is NaruException or IOException or UnauthorizedAccessException)
        {
            throw ConfigFailure.Config($"failed to prepare subPath for volumeMount \"{volume}\" of container \"{member.Name}\": {failure.Message}");
        }
    }
}
