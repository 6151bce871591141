namespace Naru.Objects.Schemas.Structural;

/// <summary>The fields that every whole object has without its schema saying so.</summary>
internal static class EmbeddedFields
{
    private static readonly ISchema Text = new TextSchema();
    private static readonly ISchema? Metadata = BuiltInSchemas.FindDefinition("k8s.io.apimachinery.pkg.apis.meta.v1.ObjectMeta");

    /// <summary>Type of one of them; null for others.</summary>
    public static ISchema? Of(string name) => name switch
    {
        "apiVersion" or "kind" => Text,
        "metadata" => Metadata,
        _ => null,
    };

    private sealed class TextSchema : ISchema
    {
        public SchemaKind Kind => SchemaKind.Text;

        public ISchema? Field(string name) => null;
    }
}
