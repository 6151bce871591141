using Naru.Objects.Values;
using Naru.Scheduling.Facts;
using Naru.Scheduling.State;

namespace Naru.Scheduling.Filters;

/// <summary>Claims of one pod: where their volumes can be reached, which free volumes would do, whether a driver has room on the node.</summary>
internal sealed class VolumeFilter : IPodFilter
{
    private static readonly Refusal WrongNode = new(RefusedBy.Volumes, "node(s) didn't match PersistentVolume's node affinity", true);
    private static readonly Refusal WrongZone = new(RefusedBy.Volumes, "node(s) had no available volume zone", true);
    private static readonly Refusal NothingFree = new(RefusedBy.Volumes, "node(s) didn't find available persistent volumes to bind", true);
    private static readonly Refusal Full = new(RefusedBy.Volumes, "node(s) exceed max volume count", false);
    private static readonly Refusal InUse = new(RefusedBy.Volumes, "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode", false);
    private static readonly string[] ZoneLabels = ["topology.kubernetes.io/zone", "topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region"];

    private readonly VolumeIndex _index;
    private readonly List<MapValue> _bound = [], _waiting = [];

    public VolumeFilter(PodFacts pod, VolumeIndex index)
    {
        _index = index;
        foreach (var name in pod.Claims.Select(claim => VolumeIndex.ClaimName(pod, claim)))
        {
            Whole ??= Sort(pod, name);
        }
    }

    /// <summary>Why no node can take the pod; null if some may.</summary>
    public Refusal? Whole { get; private set; }

    public void CatchUp()
    {
    }

    public Refusal? Judge(NodeEntry node)
    {
        foreach (var volume in _bound)
        {
            if (!Reaches(volume, node.Facts!))
            {
                return WrongNode;
            }

            if (!InZone(volume, node.Facts!))
            {
                return WrongZone;
            }
        }

        return Choose(node) is null ? NothingFree : HasRoom(node) ? null : Full;
    }

    /// <summary>For each claim that waits for a node: the volume that it gets there (its name), or null for one that is to be made. Null if it cannot be done.</summary>
    public List<(MapValue Claim, string? Volume)>? Choose(NodeEntry node)
    {
        List<(MapValue, string?)> chosen = [];
        foreach (var claim in _waiting)
        {
            var volume = _index.Volumes.Values
                .Where(volume => VolumeMatch.Fits(volume, claim, _index) && Reaches(volume, node.Facts!) && !chosen.Exists(one => one.Item2 == volume.Text("metadata", "name")))
                .MinBy(static volume => (VolumeMatch.Size(volume), volume.Text("metadata", "name")));
            if (volume is null && !CanBeMade(claim, node))
            {
                return null;
            }

            chosen.Add((claim, volume?.Text("metadata", "name")));
        }

        return chosen;
    }

    private static bool Reaches(MapValue volume, NodeFacts node) =>
        volume.Map("spec", "nodeAffinity", "required") is not { } required || NodeTerm.AnyMatches(NodeTerm.ReadAll(required), node);

    private static bool InZone(MapValue volume, NodeFacts node)
    {
        foreach (var label in ZoneLabels)
        {
            if (volume.Text("metadata", "labels", label) is { } zones && node.Labels.TryGetValue(label, out var zone) && !zones.Split("__").Contains(zone))
            {
                return false;
            }
        }

        return true;
    }

    private Refusal? Sort(PodFacts pod, string name)
    {
        if (!_index.Claims.TryGetValue((pod.Namespace, name), out var claim))
        {
            return new(RefusedBy.Volumes, $"persistentvolumeclaim \"{name}\" not found", true);
        }

        if (claim.Text("metadata", "deletionTimestamp") is not null)
        {
            return new(RefusedBy.Volumes, $"persistentvolumeclaim \"{name}\" is being deleted", true);
        }

        if (claim.List("spec", "accessModes")?.Texts().Contains("ReadWriteOncePod") == true && _index.Uses((pod.Namespace, name)) > 0)
        {
            return InUse;
        }

        if (claim.Text("spec", "volumeName") is { Length: > 0 } volume && claim.Text("metadata", "annotations", "pv.kubernetes.io/bind-completed") is not null)
        {
            return SortBound(name, volume);
        }

        if (_index.Classes.GetValueOrDefault(VolumeMatch.ClassOf(claim))?.Text("volumeBindingMode") != "WaitForFirstConsumer")
        {
            return new(RefusedBy.Volumes, "pod has unbound immediate PersistentVolumeClaims", true);
        }

        _waiting.Add(claim);
        return null;
    }

    private Refusal? SortBound(string name, string volume)
    {
        if (!_index.Volumes.TryGetValue(volume, out var found))
        {
            return new(RefusedBy.Volumes, $"persistentvolumeclaim \"{name}\" bound to non-existent persistentvolume \"{volume}\"", true);
        }

        _bound.Add(found);
        return null;
    }

    private bool CanBeMade(MapValue claim, NodeEntry node)
    {
        var kind = _index.Classes.GetValueOrDefault(VolumeMatch.ClassOf(claim));
        if (kind?.Text("provisioner") is null or "" or "kubernetes.io/no-provisioner")
        {
            return false;
        }

        var places = kind.Maps("allowedTopologies").ToList();
        return places.Count == 0 || places.Any(place =>
            place.Maps("matchLabelExpressions").All(rule => node.Facts!.Labels.TryGetValue(rule.Text("key") ?? "", out var value) && rule.List("values")?.Texts().Contains(value) == true));
    }

    private bool HasRoom(NodeEntry node)
    {
        if (!_index.Limits.TryGetValue(node.Facts!.Name, out var limits))
        {
            return true;
        }

        var there = node.Pods.SelectMany(static pod => pod.Facts.Claims.Select(claim => (pod.Facts.Namespace, VolumeIndex.ClaimName(pod.Facts, claim))))
            .Select(key => _index.Claims.GetValueOrDefault(key)?.Text("spec", "volumeName") is { } name ? _index.Volumes.GetValueOrDefault(name) : null);
        var volumes = there.Concat(_bound).OfType<MapValue>().DistinctBy(static volume => volume.Text("metadata", "name")).ToList();
        var made = _waiting.Select(claim => _index.Classes.GetValueOrDefault(VolumeMatch.ClassOf(claim))?.Text("provisioner"));
        return limits.All(limit => volumes.Count(volume => volume.Text("spec", "csi", "driver") == limit.Key) + made.Count(driver => driver == limit.Key) <= limit.Value);
    }
}
