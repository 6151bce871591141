using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Objects.Api;

/// <summary>An object as it stands in the store at one revision, at its storage version. Never changes; shared by all readers. It is serialised once:
/// lists and watches copy <see cref="Json"/>.</summary>
public abstract class StoredObject
{
    /// <summary>What it is one of.</summary>
    public abstract GroupResource Resource { get; }

    /// <summary>Namespace; empty for objects outside namespaces.</summary>
    public abstract string Namespace { get; }

    /// <summary>Name.</summary>
    public abstract string Name { get; }

    /// <summary>Identity: a new object of the same name has another.</summary>
    public abstract string Uid { get; }

    /// <summary>Revision of its last change; <c>metadata.resourceVersion</c> in <see cref="Json"/>.</summary>
    public abstract long Revision { get; }

    /// <summary>UTF-8 JSON, compact, complete with apiVersion, kind and metadata.resourceVersion.</summary>
    public abstract ReadOnlyMemory<byte> Json { get; }

    /// <summary>The tree of <see cref="Json"/>, shared: it must not be changed (<see cref="MapValue.CloneMap"/> first). Read when first asked for and kept
    /// as long as memory allows.</summary>
    public abstract MapValue Tree { get; }

    /// <summary>The labels. Known without the tree.</summary>
    public virtual IReadOnlyDictionary<string, string> Labels =>
        Tree.Map("metadata", "labels")?.ToDictionary(static one => one.Key, static one => (one.Value as TextValue)?.Text ?? "", StringComparer.Ordinal) ?? [];

    /// <summary>Whether its labels are those of another.</summary>
    public bool HasLabelsOf(StoredObject other)
    {
        var (labels, others) = (Labels, other.Labels);
        return ReferenceEquals(labels, others) || (labels.Count == others.Count && labels.All(one => others.TryGetValue(one.Key, out var value) && value == one.Value));
    }

    /// <summary>It is being deleted. Known without the tree.</summary>
    public virtual bool IsEnding => Tree.Text("metadata", "deletionTimestamp") is not null;

    /// <summary>The identity of the controlling owner; null if there is none. Known without the tree.</summary>
    public virtual string? ControllerUid => Tree.Maps("metadata", "ownerReferences").FirstOrDefault(static one => one.Boolean("controller") == true)?.Text("uid");

    /// <summary>The text at a path like <c>spec.nodeName</c>; empty if there is none. Fields that selectors may ask for are, as a rule, known without the tree.</summary>
    public virtual string Field(string path) => Tree.Text(path.Split('.')) ?? "";

    /// <summary>The typed form, read by <paramref name="read"/> when first asked for and kept as long as memory allows. Shared: it must not be changed.</summary>
    public abstract T As<T>(Func<ReadOnlyMemory<byte>, T> read)
        where T : class;
}

/// <summary>What happened to an object.</summary>
public enum ChangeKind
{
    /// <summary>It came to be (or came to match the watch's selector).</summary>
    Added,

    /// <summary>It changed.</summary>
    Modified,

    /// <summary>It is gone (or no longer matches the watch's selector); the object is its last state, at the revision of the deletion.</summary>
    Deleted,

    /// <summary>No change: the watch has seen everything up to the revision.</summary>
    Bookmark,
}

/// <summary>One step of a watch.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Object">The object after the change; null for a bookmark.</param>
/// <param name="Previous">The object before it; null for Added and bookmarks.</param>
/// <param name="Revision">Revision of the step.</param>
/// <param name="IsSnapshotEnd">For the bookmark that ends the initial events of a watch that asked for them.</param>
public sealed record ObjectChange(ChangeKind Kind, StoredObject? Object, StoredObject? Previous, long Revision, bool IsSnapshotEnd = false);
