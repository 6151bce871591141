namespace Naru.Objects.Schemas;

/// <summary>The tables of Kubernetes' types, as facts: what fields a message has, and how each is merged.</summary>
public static class SchemaTables
{
    /// <summary>Lines of package, message, number on the wire, name in JSON (<c>(inline)</c> for one whose fields are its parent's own) and type.</summary>
    public static TextReader OpenMessages() => Open("messages.tsv");

    /// <summary>Lines of definition (as OpenAPI names it), field, <c>required</c>, patch strategy, merge key, list type, list keys and map type.</summary>
    public static TextReader OpenRules() => Open("rules.tsv");

    private static StreamReader Open(string name) => new(typeof(SchemaTables).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The table {name} is missing."));
}
