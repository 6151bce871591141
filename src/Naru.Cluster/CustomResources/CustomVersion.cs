using Naru.Objects.Kinds;
using Naru.Objects.Schemas.Structural;
using Naru.Objects.Values;

namespace Naru.Cluster.CustomResources;

/// <summary>One version of a custom resource, as its definition has it.</summary>
/// <param name="DefinitionName">Name of the CustomResourceDefinition.</param>
/// <param name="Version">The entry of <c>spec.versions</c>; not to be changed.</param>
/// <param name="Conversion"><c>spec.conversion</c>; null for none.</param>
/// <param name="Terminating">The definition is being deleted: nothing new is made.</param>
internal sealed record CustomVersion(string DefinitionName, MapValue Version, MapValue? Conversion, bool Terminating = false)
{
    /// <summary>The schema of the version; null if it has none.</summary>
    public StructuralSchema? Schema { get; } = Version.Map("schema", "openAPIV3Schema") is { } source ? StructuralSchema.Compile(source, new FieldErrors()) : null;

    /// <summary>Objects are brought from version to version by a webhook.</summary>
    public bool AsksWebhook { get; } = Conversion?.Text("strategy") == "Webhook";

    /// <summary>Unknown fields stay, as definitions of old had it.</summary>
    public bool PreserveUnknown { get; init; }
}
