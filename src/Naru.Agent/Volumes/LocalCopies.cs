using Naru.Agent.Nodes;
using Naru.Core.Errors;
using Naru.Core.Hosts;
using Naru.Core.Lifetime;
using Naru.Objects.Api;
using Naru.Objects.Quantities;
using Naru.Objects.Values;

namespace Naru.Agent.Volumes;

/// <summary>Copies of local volumes on this node: new volumes that begin as one, and snapshots, which are copies that nobody writes to.</summary>
internal sealed class LocalCopies(IObjects objects, INodeFiles files, EngineDirectories directories, NodeIdentity identity, TimeProvider time)
{
    /// <summary>Annotation of a volume that is filled before pods get it: <c>volume/NAME</c> or <c>snapshot/HANDLE</c>.</summary>
    public const string CopyOf = "naru.dev/copy-of";

    /// <summary>Annotation of a volume that has been filled.</summary>
    public const string Copied = "naru.dev/copied";

    private const string Driver = "naru.dev/local";
    private const string Protection = "snapshot.storage.kubernetes.io/volumesnapshotcontent-bound-protection";
    private const int Everybody = 0x1FF;
    private static readonly WriteOptions Write = new() { FieldManager = "naru-local" };
    private static readonly WriteOptions Status = new() { FieldManager = "naru-local", Subresource = "status" };

    /// <summary>The volume is to begin as a copy, and does not yet.</summary>
    public static bool IsToBeFilled(MapValue volume) => volume.Text("metadata", "annotations", CopyOf) is not null && volume.Text("metadata", "annotations", Copied) is null;

    /// <summary>The content is one of local volumes.</summary>
    public static bool IsOurs(MapValue content) => content.Text("spec", "driver") == Driver;

    /// <summary>The node that a local volume lies on.</summary>
    public static string? NodeOf(MapValue volume) =>
        volume.Maps("spec", "nodeAffinity", "required", "nodeSelectorTerms").SelectMany(static term => term.Maps("matchExpressions")).SelectMany(static rule => rule.List("values")?.Texts() ?? []).FirstOrDefault();

    /// <summary>The content is this node's to care for: what it was or is to be taken of lies here.</summary>
    public bool IsHere(MapValue content) => HandleOf(content) is { } handle
        ? handle.StartsWith(identity.Name + "/", StringComparison.Ordinal)
        : SourceOf(content) is not { } volume || NodeOf(volume) == identity.Name;

    /// <summary>Fills a volume. False: not yet, since its source itself is being filled.</summary>
    public async Task<bool> FillAsync(MapValue volume, CancellationToken cancellationToken)
    {
        var place = volume.Text("spec", "local", "path") ?? throw NaruException.Invalid("a local volume has no path");
        if (files.KindOf(place) == NodeFileKind.Missing)
        {
            var word = volume.Text("metadata", "annotations", CopyOf)!;
            var source = word.StartsWith("snapshot/", StringComparison.Ordinal)
                ? PlaceOf(word["snapshot/".Length..])
                : objects.Get(AgentResources.Volumes, "", word["volume/".Length..])?.Tree is not { } other ? throw NaruException.NotFound($"{word} is gone")
                : IsToBeFilled(other) ? null : other.Text("spec", "local", "path");
            if (source is null)
            {
                return false;
            }

            await CopyAsync(source, place, cancellationToken);
        }

        await objects.ChangeAsync(AgentResources.Volumes, "", volume.Text("metadata", "name")!, static tree => Mark(tree), Write, cancellationToken);
        return true;
    }

    /// <summary>Takes a snapshot. False: not yet.</summary>
    public async Task<bool> TakeAsync(MapValue content, CancellationToken cancellationToken)
    {
        if (content.Boolean("status", "readyToUse") == true)
        {
            return true;
        }

        var name = content.Text("metadata", "name")!;
        var handle = HandleOf(content);
        var volume = SourceOf(content);
        if (handle is null)
        {
            if (volume is null || IsToBeFilled(volume))
            {
                await SayAsync(name, new MapValue { { "readyToUse", false }, { "error", ErrorOf(volume is null ? "the volume is gone" : "the volume is still being filled") } }, cancellationToken);
                return false;
            }

            handle = $"{identity.Name}/{name}";
            if (files.KindOf(PlaceOf(handle)) == NodeFileKind.Missing)
            {
                await CopyAsync(volume.Text("spec", "local", "path") ?? throw NaruException.Invalid("a local volume has no path"), PlaceOf(handle), cancellationToken);
            }
        }
        else if (files.KindOf(PlaceOf(handle)) == NodeFileKind.Missing)
        {
            await SayAsync(name, new MapValue { { "readyToUse", false }, { "error", ErrorOf($"there is no snapshot {handle}") } }, cancellationToken);
            return false;
        }

        var size = volume is not null && Quantity.TryParse(volume.At("spec", "capacity", "storage")?.ToString(), out var capacity) ? capacity.Value : 0;
        await SayAsync(name, new MapValue { { "snapshotHandle", handle }, { "creationTime", time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000 }, { "readyToUse", true }, { "restoreSize", size } }, cancellationToken);
        return true;
    }

    /// <summary>Removes a snapshot whose object is deleted, by its policy with its data. False: somebody still needs it.</summary>
    public async Task<bool> RemoveAsync(MapValue content, CancellationToken cancellationToken)
    {
        var owner = content.Map("spec", "volumeSnapshotRef");
        var snapshot = owner is null ? null : objects.Get(AgentResources.Snapshots, owner.Text("namespace") ?? "", owner.Text("name") ?? "");
        if (snapshot is not null && snapshot.Uid == owner!.Text("uid") && !snapshot.IsEnding)
        {
            return false;
        }

        var handle = HandleOf(content) ?? $"{identity.Name}/{content.Text("metadata", "name")}";
        if (content.Text("spec", "deletionPolicy") != "Retain")
        {
            if (objects.List(AgentResources.Volumes).Any(one => one.Tree.Text("metadata", "annotations", CopyOf) == $"snapshot/{handle}" && IsToBeFilled(one.Tree)))
            {
                return false;
            }

            files.RemoveTree(PlaceOf(handle) + ".part");
            files.RemoveTree(PlaceOf(handle));
        }

        await objects.ChangeAsync(
            AgentResources.SnapshotContents, "", content.Text("metadata", "name")!,
            static tree => tree.List("metadata", "finalizers")?.RemoveAll(static one => one is TextValue { Text: Protection }) > 0, Write, cancellationToken);
        return true;
    }

    /// <summary>Where a snapshot lies. A handle names its node and one directory, never a path.</summary>
    private string PlaceOf(string handle)
    {
        var name = handle[(handle.IndexOf('/', StringComparison.Ordinal) + 1)..];
        return name.Length == 0 || name.StartsWith('.') || name.Contains('/', StringComparison.Ordinal)
            ? throw NaruException.Invalid($"\"{handle}\" is no handle of a local snapshot")
            : directories.DataPath("cluster", "snapshots", name);
    }

    private async Task CopyAsync(string source, string target, CancellationToken cancellationToken)
    {
        files.MakeDirectory(Path.GetDirectoryName(target)!, 0x1C0);
        if (files.KindOf(source) == NodeFileKind.Missing)
        {
            // No pod ever had it: it is empty.
            files.MakeDirectory(target, Everybody);
            return;
        }

        await files.CopyTreeAsync(source, target, cancellationToken);
    }

    private MapValue? SourceOf(MapValue content) => content.Text("spec", "source", "volumeHandle") is { } name ? objects.Get(AgentResources.Volumes, "", name)?.Tree : null;

    private static string? HandleOf(MapValue content) => content.Text("status", "snapshotHandle") ?? content.Text("spec", "source", "snapshotHandle");

    private MapValue ErrorOf(string message) => new() { { "message", message }, { "time", AgentTime.Format(time.GetUtcNow()) } };

    private async Task SayAsync(string name, MapValue status, CancellationToken cancellationToken) => await objects.ChangeAsync(
        AgentResources.SnapshotContents,
        "",
        name,
        tree =>
        {
            if (tree.Text("status", "error", "message") is { } told && told == status.Text("error", "message"))
            {
                return false;
            }

            tree["status"] = status.Clone();
            return true;
        },
        Status,
        cancellationToken);

    private static bool Mark(MapValue volume)
    {
        volume.MakeMap("metadata").MakeMap("annotations")[Copied] = "yes";
        return true;
    }
}
