using Naru.Objects.Api;

namespace Naru.Controllers.Runtime;

/// <summary>What a controller works on: an object of its main resource.</summary>
/// <param name="Namespace">Empty for objects outside namespaces.</param>
/// <param name="Name">Name.</param>
public readonly record struct ObjectKey(string Namespace, string Name)
{
    /// <summary>The key of an object.</summary>
    public static ObjectKey Of(StoredObject one) => new(one.Namespace, one.Name);

    /// <inheritdoc/>
    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}
