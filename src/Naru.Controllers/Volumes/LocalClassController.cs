using Naru.Controllers.Runtime;
using Naru.Objects.Values;

namespace Naru.Controllers.Volumes;

/// <summary>Gives a cluster the storage class of local volumes when it starts. Who deletes it has it back at the next start: an option leaves it out, and its annotation says whether it is the default.</summary>
public sealed class LocalClassController(ControllerObjects objects, NodeControllersOptions options) : IController
{
    private const string Default = "storageclass.kubernetes.io/is-default-class";

    /// <inheritdoc/>
    public string Name => "local_storage_class";

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches =>
    [
        // The first thing that is sure to be there.
        new(UpkeepResources.Namespaces, (old, now, keys) =>
        {
            if (old is null && now is { Name: "default" } && options.LocalClass.Length > 0)
            {
                keys.Add(new("", options.LocalClass));
            }
        }),
        new(VolumeWords.Classes, static (_, _, _) => { }),
    ];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (objects.Get(VolumeWords.Classes, "", key.Name) is not null)
        {
            return Requeue.No;
        }

        var body = UpkeepResources.Body("storage.k8s.io/v1", "StorageClass", "", key.Name);
        if (!objects.List(VolumeWords.Classes).Any(static one => one.Tree.Annotation(Default) == "true"))
        {
            body.MakeMap("metadata")["annotations"] = new MapValue(1) { [Default] = "true" };
        }

        body["provisioner"] = LocalVolumes.Provisioner;
        body["reclaimPolicy"] = "Delete";
        body["volumeBindingMode"] = "WaitForFirstConsumer";
        body["allowVolumeExpansion"] = true;
        await objects.CreateAsync(VolumeWords.Classes, body, VolumeWords.Write, cancellationToken);
        return Requeue.No;
    }
}
