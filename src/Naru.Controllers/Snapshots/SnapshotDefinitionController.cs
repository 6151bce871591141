using System.Text;
using Naru.Controllers.Nodes;
using Naru.Controllers.Runtime;
using Naru.Controllers.Volumes;
using Naru.Core.Errors;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Controllers.Snapshots;

/// <summary>Gives a cluster the kinds of snapshots and a class for local volumes when it starts. Definitions that somebody else brought stay as they are.</summary>
public sealed class SnapshotDefinitionController(ControllerObjects objects, NodeControllersOptions options) : IController
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc/>
    public string Name => "snapshot_definitions";

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
    ];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        foreach (var text in (string[])[SnapshotDefinitionsTable.Class, SnapshotDefinitionsTable.Content, SnapshotDefinitionsTable.Snapshot])
        {
            var body = (MapValue)JsonText.Parse(Encoding.UTF8.GetBytes(text));
            if (objects.Get(SnapshotWords.Definitions, "", body.Text("metadata", "name")!) is null)
            {
                await TryCreateAsync(() => objects.CreateAsync(SnapshotWords.Definitions, body, SnapshotWords.Write, cancellationToken));
            }
        }

        if (objects.Get(SnapshotWords.Definitions, "", SnapshotWords.Classes.ToString())?.Tree.Condition("Established")?.Text("status") != "True")
        {
            return Requeue.In(Soon);
        }

        if (objects.Get(SnapshotWords.Classes, "", key.Name) is null)
        {
            var kind = UpkeepResources.Body($"{SnapshotWords.Group}/v1", "VolumeSnapshotClass", "", key.Name);
            kind.MakeMap("metadata")["annotations"] = new MapValue(1) { [SnapshotWords.IsDefault] = "true" };
            kind["driver"] = LocalVolumes.Provisioner;
            kind["deletionPolicy"] = "Delete";
            await TryCreateAsync(() => objects.CreateAsync(SnapshotWords.Classes, kind, SnapshotWords.Write, cancellationToken));
        }

        return Requeue.No;
    }

    private static async Task TryCreateAsync(Func<Task> create)
    {
        try
        {
            await create();
        }
        catch (NaruException there) when (there.Kind == ErrorKind.AlreadyExists)
        {
            // Another server was quicker.
        }
    }
}
