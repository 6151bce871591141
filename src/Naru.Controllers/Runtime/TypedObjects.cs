using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using k8s;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Runtime;

/// <summary>The official client's models over <see cref="IObjects"/>, for whoever prefers types to trees. What is read is shared and must not be changed: copy with <c>with</c>.</summary>
public static class TypedObjects
{
    /// <summary>The typed form of an object, read once and kept with it.</summary>
    public static T Typed<T>(this StoredObject one)
        where T : class => one.As(Reader<T>.Read);

    /// <summary>An object; null if it does not exist.</summary>
    public static T? Get<T>(this IObjects objects, string @namespace, string name)
        where T : class, IKubernetesObject => objects.Get(KindTable.ResourceOf(typeof(T)), @namespace, name)?.Typed<T>();

    /// <summary>All objects of a kind, in a namespace or (null) in all.</summary>
    public static IReadOnlyList<T> List<T>(this IObjects objects, string? @namespace = null)
        where T : class, IKubernetesObject => [.. objects.List(KindTable.ResourceOf(typeof(T)), @namespace).Select(static one => one.Typed<T>())];

    /// <summary>Makes an object.</summary>
    public static Task<StoredObject> CreateAsync<T>(this IObjects objects, T body, WriteOptions options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject => objects.CreateAsync(KindTable.ResourceOf(typeof(T)), ToTree(body), options, cancellationToken);

    /// <summary>Replaces an object. Fields that the model does not know are lost: change the tree instead where users may have set such.</summary>
    public static Task<StoredObject> UpdateAsync<T>(this IObjects objects, T body, WriteOptions options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject => objects.UpdateAsync(KindTable.ResourceOf(typeof(T)), ToTree(body), options, cancellationToken);

    /// <summary>Replaces the status of an object. Conflict if metadata.resourceVersion is stale.</summary>
    public static Task<StoredObject> UpdateStatusAsync<T>(this IObjects objects, T body, WriteOptions options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject => objects.UpdateAsync(KindTable.ResourceOf(typeof(T)), ToTree(body), options with { Subresource = "status" }, cancellationToken);

    /// <summary>The tree of a model, with apiVersion and kind, and times as Kubernetes writes them.</summary>
    public static MapValue ToTree<T>(T body)
        where T : class
    {
        using var document = JsonSerializer.SerializeToDocument(body, Reader<T>.Info);
        var tree = (MapValue)TypedTree.Read("", document.RootElement);
        if (body is IKubernetesObject && KindTable.KindOf(typeof(T)) is { } kind)
        {
            tree["apiVersion"] = kind.ApiVersion;
            tree["kind"] = kind.Kind;
        }

        return tree;
    }

    private static class Reader<T>
        where T : class
    {
        public static readonly JsonTypeInfo<T> Info = (JsonTypeInfo<T>)(SourceGenerationContext.Default.GetTypeInfo(typeof(T))
            ?? throw new ArgumentException($"{typeof(T).Name} is no model of the client"));

        public static readonly Func<ReadOnlyMemory<byte>, T> Read = static json => JsonSerializer.Deserialize(json.Span, Info)!;
    }
}
