using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Testing.Objects;

/// <summary>An object in <see cref="MemoryObjects"/>.</summary>
public sealed class MemoryObject(GroupResource resource, MapValue tree, long revision) : StoredObject
{
    private readonly Lazy<byte[]> _json = new(() => TreeJson.Write(tree));
    private object? _typed;

    public override GroupResource Resource => resource;

    public override string Namespace { get; } = tree.Text("metadata", "namespace") ?? "";

    public override string Name { get; } = tree.Text("metadata", "name") ?? "";

    public override string Uid { get; } = tree.Text("metadata", "uid") ?? "";

    public override long Revision => revision;

    public override ReadOnlyMemory<byte> Json => _json.Value;

    public override MapValue Tree => tree;

    public override T As<T>(Func<ReadOnlyMemory<byte>, T> read)
    {
        if (_typed is T there)
        {
            return there;
        }

        var made = read(Json);
        _typed = made;
        return made;
    }
}
