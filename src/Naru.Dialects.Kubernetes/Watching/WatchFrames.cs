using System.Buffers;
using Naru.Dialects.Kubernetes.Requests;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Watching;

/// <summary>Writes changes as a client reads them.</summary>
internal abstract class WatchFrames(ResourceInfo resource, AnswerForm form)
{
    /// <summary>Watches of the same form write the same bytes for a change; null where each writes its own: the first table has the columns' heading.</summary>
    public AnswerForm? SharedForm => form.Shape == Shape.Table ? null : form;

    /// <summary>The frames are text.</summary>
    public abstract bool IsText { get; }

    /// <summary>Writes a change.</summary>
    public abstract void Write(ApiChange change, IBufferWriter<byte> target);

    /// <summary>Writes the end of a watch that failed.</summary>
    public abstract void WriteError(MapValue status, IBufferWriter<byte> target);

    /// <summary>The event's word.</summary>
    protected static string WordOf(ChangeKind kind) => kind switch
    {
        ChangeKind.Added => "ADDED",
        ChangeKind.Modified => "MODIFIED",
        ChangeKind.Deleted => "DELETED",
        _ => "BOOKMARK",
    };

    /// <summary>The object of a bookmark: a revision and nothing else.</summary>
    protected MapValue BookmarkOf(ApiChange change)
    {
        var metadata = new MapValue
        {
            ["resourceVersion"] = change.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["creationTimestamp"] = NullValue.Instance,
        };
        if (change.IsSnapshotEnd)
        {
            metadata["annotations"] = new MapValue { ["k8s.io/initial-events-end"] = "true" };
        }

        return new MapValue { ["kind"] = resource.Kind, ["apiVersion"] = resource.Resource.ApiVersion, ["metadata"] = metadata };
    }
}
