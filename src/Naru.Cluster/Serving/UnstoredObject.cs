using Naru.Objects.Api;
using Naru.Objects.Json;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Cluster.Serving;

/// <summary>An answer that is not stored: of a dry run, a review, or an object that the write ended.</summary>
internal sealed class UnstoredObject(GroupResource resource, MapValue tree) : StoredObject
{
    private readonly Lazy<byte[]> _json = new(() => JsonText.ToBytes(tree));

    public override GroupResource Resource => resource;

    public override string Namespace => tree.Text("metadata", "namespace") ?? "";

    public override string Name => tree.Text("metadata", "name") ?? "";

    public override string Uid => tree.Text("metadata", "uid") ?? "";

    public override long Revision => 0;

    public override ReadOnlyMemory<byte> Json => _json.Value;

    public override MapValue Tree => tree;

    public override T As<T>(Func<ReadOnlyMemory<byte>, T> read) => read(Json);
}
