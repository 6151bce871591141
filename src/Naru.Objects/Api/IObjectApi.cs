using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Objects.Api;

/// <summary>The object core as requests from outside see it: one call for each verb. The caller is authenticated and authorised already; the call converts between
/// the version asked for and the stored one, admits, defaults, validates, writes. Failures carry <see cref="Naru.Core.Errors.FailureDetails"/>.</summary>
public interface IObjectApi
{
    /// <summary>One object at the version asked for.</summary>
    ValueTask<ApiObject> GetAsync(ApiCall call, string name, ReadOptions options, CancellationToken cancellationToken);

    /// <summary>The objects that a selector matches.</summary>
    ValueTask<ApiList> ListAsync(ApiCall call, ListOptions options, CancellationToken cancellationToken);

    /// <summary>Changes as they come; ends at the time limit, or with Expired. With <see cref="ListOptions.SendInitialEvents"/> the snapshot comes first.</summary>
    IAsyncEnumerable<ApiChange> WatchAsync(ApiCall call, ListOptions options, CancellationToken cancellationToken);

    /// <summary>Makes an object, or does what creating a subresource means (binding, eviction, token).</summary>
    Task<ApiObject> CreateAsync(ApiCall call, string name, MapValue body, CancellationToken cancellationToken);

    /// <summary>Replaces an object or a subresource. Says in <see cref="ApiObject.Created"/> if it made a new one.</summary>
    Task<ApiObject> UpdateAsync(ApiCall call, string name, MapValue body, CancellationToken cancellationToken);

    /// <summary>Patches an object or a subresource; server-side apply may make a new one.</summary>
    Task<ApiObject> PatchAsync(ApiCall call, string name, PatchKind kind, Value patch, CancellationToken cancellationToken);

    /// <summary>Deletes an object. <see cref="ApiDeletion.Object"/> is what stands while finalizers or grace hold it, or its last state.</summary>
    Task<ApiDeletion> DeleteAsync(ApiCall call, string name, DeleteOptions options, CancellationToken cancellationToken);

    /// <summary>Deletes the objects that a selector matches and returns them as they were.</summary>
    Task<ApiList> DeleteCollectionAsync(ApiCall call, ListOptions list, DeleteOptions options, CancellationToken cancellationToken);
}

/// <summary>What every call says about itself.</summary>
public sealed record ApiCall
{
    /// <summary>The resource at the version asked for.</summary>
    public required ResourceInfo Resource { get; init; }

    /// <summary>Part of the object; empty for the object itself.</summary>
    public string Subresource { get; init; } = "";

    /// <summary>Namespace; empty for objects outside namespaces and for lists over all of them.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Who asks.</summary>
    public required Access.UserInfo User { get; init; }

    /// <summary>Everything but the write.</summary>
    public bool DryRun { get; init; }

    /// <summary>Manager of the fields that are written; empty for one made of the user agent.</summary>
    public string FieldManager { get; init; } = "";

    /// <summary>For server-side apply: take fields over from other managers.</summary>
    public bool Force { get; init; }

    /// <summary>What to do with unknown and doubled fields.</summary>
    public FieldValidation FieldValidation { get; init; } = FieldValidation.Warn;

    /// <summary>Doubled fields that the reader of the body met, as <c>duplicate field "spec.replicas"</c>: treated like unknown ones.</summary>
    public IReadOnlyList<string> DoubledFields { get; init; } = [];

    /// <summary>The client's program, for the default manager.</summary>
    public string UserAgent { get; init; } = "";

    /// <summary>Warnings for the client, added to while the call runs.</summary>
    public WarningList Warnings { get; init; } = new();

    /// <summary>Annotations for the audit log, added to while the call runs.</summary>
    public Dictionary<string, string> AuditAnnotations { get; init; } = [];
}

/// <summary>Warnings for the client, each once.</summary>
public sealed class WarningList
{
    private readonly List<string> _texts = [];

    /// <summary>The warnings so far.</summary>
    public IReadOnlyList<string> Texts => _texts;

    /// <summary>Adds a warning unless it is there.</summary>
    public void Add(string text)
    {
        if (!_texts.Contains(text))
        {
            _texts.Add(text);
        }
    }
}

/// <summary>What to do with unknown and doubled fields.</summary>
public enum FieldValidation
{
    /// <summary>Drop them silently.</summary>
    Ignore,

    /// <summary>Drop them with a warning.</summary>
    Warn,

    /// <summary>Refuse the request.</summary>
    Strict,
}

/// <summary>How to read.</summary>
public sealed record ReadOptions
{
    /// <summary>As in the query: empty, <c>0</c>, or a revision that the answer must not be older than.</summary>
    public string ResourceVersion { get; init; } = "";
}

/// <summary>How to list or watch, as in the query.</summary>
public sealed record ListOptions
{
    /// <summary>Label selector; empty for everything.</summary>
    public string LabelSelector { get; init; } = "";

    /// <summary>Field selector; empty for everything.</summary>
    public string FieldSelector { get; init; } = "";

    /// <summary>At most so many; 0 for all.</summary>
    public long Limit { get; init; }

    /// <summary>Where the page before ended.</summary>
    public string Continue { get; init; } = "";

    /// <summary>Revision; empty for the newest.</summary>
    public string ResourceVersion { get; init; } = "";

    /// <summary><c>Exact</c>, <c>NotOlderThan</c> or empty.</summary>
    public string ResourceVersionMatch { get; init; } = "";

    /// <summary>Bookmarks are welcome.</summary>
    public bool AllowWatchBookmarks { get; init; }

    /// <summary>The watch starts with the snapshot.</summary>
    public bool? SendInitialEvents { get; init; }

    /// <summary>Time limit of a watch; null for the server's.</summary>
    public TimeSpan? Timeout { get; init; }
}

/// <summary>An object in an answer.</summary>
/// <param name="Stored">The stored object, when the answer is one at its storage version: its bytes can be sent as they are. Null otherwise.</param>
/// <param name="Body">The tree, when the answer is not a stored object (another version, a scale, a review, a dry run). Null otherwise.</param>
/// <param name="Created">The call made it.</param>
public sealed record ApiObject(StoredObject? Stored, MapValue? Body, bool Created = false)
{
    /// <summary>The tree, whichever it is; not to be changed.</summary>
    public MapValue Tree => Body ?? Stored!.Tree;
}

/// <summary>A list in an answer.</summary>
/// <param name="Items">In order of namespace and name.</param>
/// <param name="Revision">The revision that the list is as of.</param>
/// <param name="Continue">Where the next page starts; empty at the end.</param>
/// <param name="Remaining">How many follow; null if unknown.</param>
public sealed record ApiList(IReadOnlyList<ApiObject> Items, long Revision, string Continue, long? Remaining);

/// <summary>One step of a watch. <paramref name="Object"/> is null for a bookmark.</summary>
public sealed record ApiChange(ChangeKind Kind, ApiObject? Object, long Revision, bool IsSnapshotEnd);

/// <summary>How a deletion ended.</summary>
/// <param name="Object">What stands, or its last state.</param>
/// <param name="Gone">It no longer exists.</param>
public sealed record ApiDeletion(ApiObject Object, bool Gone);
