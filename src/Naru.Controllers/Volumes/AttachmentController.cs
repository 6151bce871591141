using System.Collections.Concurrent;
using Naru.Controllers.Nodes;
using Naru.Controllers.Runtime;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Volumes;

/// <summary>Has CSI volumes attached to the nodes whose pods use them, and detached when none does. Drivers do the work; this only says what is wanted, node by node.</summary>
public sealed class AttachmentController(ControllerObjects objects, NodePods pods, NodeControllersOptions options, EventRecorder events, TimeProvider time) : IController
{
    private const string Component = "attachdetach-controller";
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);
    private static readonly WriteOptions Write = new() { FieldManager = Component };
    private static readonly WriteOptions Status = new() { FieldManager = Component, Subresource = "status" };
    private readonly ConcurrentDictionary<string, DateTimeOffset> _unused = new();

    /// <inheritdoc/>
    public string Name => "attachdetach";

    /// <inheritdoc/>
    public int Workers => 4;

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches =>
    [
        new(UpkeepResources.Pods, static (old, now, keys) =>
        {
            if ((now ?? old)!.Field("spec.nodeName") is { Length: > 0 } node && PodClaims.Of((now ?? old)!).Any())
            {
                keys.Add(new("", node));
            }
        }),
        new(Attachments.Resource, static (old, now, keys) => keys.Add(new("", (now ?? old)!.Tree.Text("spec", "nodeName") ?? ""))),
        new(UpkeepResources.Nodes, static (old, now, keys) =>
        {
            if (now is null || (old is not null && !SameUse(old.Tree, now.Tree)))
            {
                keys.Add(ObjectKey.Of((now ?? old)!));
            }
        }),
    ];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var node = objects.Get(UpkeepResources.Nodes, "", key.Name);
        var wanted = node is null ? [] : WantedOn(key.Name);
        var there = objects.List(Attachments.Resource).Select(one => objects.Get(Attachments.Resource, "", one.Name)).OfType<StoredObject>().ToList();
        var again = Requeue.No;
        foreach (var (name, (volume, pod)) in wanted)
        {
            _unused.TryRemove(name, out _);
            if (!there.Exists(one => one.Name == name))
            {
                again = again.Or(await AttachAsync(volume, pod, key.Name, there, cancellationToken));
            }
        }

        foreach (var one in there.Where(one => one.Tree.Text("spec", "nodeName") == key.Name && IsOurs(one) && !wanted.ContainsKey(one.Name) && !one.IsEnding))
        {
            again = again.Or(await DetachAsync(one, node, cancellationToken));
        }

        if (node is not null)
        {
            await TellNodeAsync(node, there, wanted, cancellationToken);
        }

        return again;
    }

    private Dictionary<string, (StoredObject Volume, StoredObject Pod)> WantedOn(string node)
    {
        var wanted = new Dictionary<string, (StoredObject, StoredObject)>();
        foreach (var pod in pods.On(node).Where(static pod => pod.Field("status.phase") is not ("Succeeded" or "Failed")))
        {
            foreach (var name in PodClaims.Of(pod))
            {
                if (objects.Get(VolumeWords.Claims, pod.Namespace, name) is { } claim && VolumeWords.IsBound(claim.Tree)
                    && objects.Get(VolumeWords.Volumes, "", VolumeWords.VolumeOf(claim.Tree)) is { } volume && IsAttachable(volume.Tree))
                {
                    wanted.TryAdd(Attachments.NameFor(volume.Tree, node), (volume, pod));
                }
            }
        }

        return wanted;
    }

    private bool IsAttachable(MapValue volume) =>
        volume.Text("spec", "csi", "driver") is { } driver && objects.Get(Attachments.Drivers, "", driver)?.Tree.Boolean("spec", "attachRequired") != false;

    private async Task<TimeSpan?> AttachAsync(StoredObject volume, StoredObject pod, string node, List<StoredObject> there, CancellationToken cancellationToken)
    {
        if (!Attachments.IsShared(volume.Tree) && there.Exists(one => one.Tree.Text("spec", "source", "persistentVolumeName") == volume.Name && one.Tree.Text("spec", "nodeName") != node))
        {
            events.Record(
                pod, true, "FailedAttachVolume", $"Multi-Attach error for volume \"{volume.Name}\" Volume is already exclusively attached to one node and can't be attached to another", Component);
            return LookAgain;
        }

        await objects.CreateAsync(Attachments.Resource, Attachments.Body(volume.Tree, node), Write, cancellationToken);
        return null;
    }

    private async Task<TimeSpan?> DetachAsync(StoredObject attachment, StoredObject? node, CancellationToken cancellationToken)
    {
        if (node is not null && IsInUse(attachment, node.Tree))
        {
            // A node that lives says when it is done; one that does not is waited for, but not for ever.
            var since = _unused.GetOrAdd(attachment.Name, time.GetUtcNow());
            var isLost = node.Tree.Condition("Ready")?.Text("status") != "True";
            if (!isLost || since + options.DetachPatience > time.GetUtcNow())
            {
                return LookAgain;
            }
        }

        _unused.TryRemove(attachment.Name, out _);
        await objects.DeleteAsync(Attachments.Resource, "", attachment.Name, new DeleteOptions { Uid = attachment.Uid }, cancellationToken);
        return null;
    }

    private bool IsInUse(StoredObject attachment, MapValue node) =>
        VolumeOf(attachment) is { } volume && node.List("status", "volumesInUse")?.Texts().Contains(Attachments.DeviceName(volume.Tree)) == true;

    private static bool SameUse(MapValue old, MapValue now) =>
        (old.List("status", "volumesInUse") ?? []).DeepEquals(now.List("status", "volumesInUse") ?? []) && old.Condition("Ready")?.Text("status") == now.Condition("Ready")?.Text("status");

    /// <summary>It is one that a controller of this kind made: others may be anybody's.</summary>
    private static bool IsOurs(StoredObject attachment) => attachment.Name.Length == "csi-".Length + 64 && attachment.Name.StartsWith("csi-", StringComparison.Ordinal);

    private StoredObject? VolumeOf(StoredObject attachment) =>
        attachment.Tree.Text("spec", "source", "persistentVolumeName") is { } name ? objects.Get(VolumeWords.Volumes, "", name) : null;

    /// <summary>The kubelet mounts only what its node's status says is attached.</summary>
    private async Task TellNodeAsync(StoredObject node, List<StoredObject> there, Dictionary<string, (StoredObject Volume, StoredObject Pod)> wanted, CancellationToken cancellationToken)
    {
        var names = there.Where(one => one.Tree.Text("spec", "nodeName") == node.Name && Attachments.IsAttached(one.Tree) && !one.IsEnding && wanted.ContainsKey(one.Name))
            .Select(one => Attachments.DeviceName(wanted[one.Name].Volume.Tree)).Order(StringComparer.Ordinal).ToList();
        if (!Tell(node.Tree.CloneMap(), names))
        {
            return;
        }

        await objects.ChangeAsync(UpkeepResources.Nodes, "", node.Name, tree => tree.Text("metadata", "uid") == node.Uid && Tell(tree, names), Status, cancellationToken);
        foreach (var (volume, pod) in wanted.Values.Where(one => names.Contains(Attachments.DeviceName(one.Volume.Tree)) && !Tells(node.Tree, Attachments.DeviceName(one.Volume.Tree))))
        {
            events.Record(pod, false, "SuccessfulAttachVolume", $"AttachVolume.Attach succeeded for volume \"{volume.Name}\"", Component);
        }
    }

    private static bool Tells(MapValue node, string name) => node.Maps("status", "volumesAttached").Any(one => one.Text("name") == name);

    private static bool Tell(MapValue node, List<string> names)
    {
        var status = node.MakeMap("status");
        var others = status.Maps("volumesAttached").Where(static one => one.Text("name")?.StartsWith("kubernetes.io/csi/", StringComparison.Ordinal) != true).ToList();
        var wanted = new ListValue([.. others, .. names.Select(static name => new MapValue(2) { ["name"] = name, ["devicePath"] = "" })]);
        if (wanted.DeepEquals(status["volumesAttached"]) || (wanted.Count == 0 && !status.Has("volumesAttached")))
        {
            return false;
        }

        status["volumesAttached"] = wanted.Count == 0 ? null : wanted;
        return true;
    }
}
