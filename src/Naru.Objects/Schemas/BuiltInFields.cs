namespace Naru.Objects.Schemas;

/// <summary>The fields of a built-in type, in the order of the type.</summary>
internal sealed class BuiltInFields
{
    public static readonly BuiltInFields None = new();

    private readonly Dictionary<string, ISchema> _byName = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];

    public IReadOnlyList<string> Names => _names;

    public ISchema? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Adds a field unless there is one of the name.</summary>
    public void Add(string name, ISchema schema)
    {
        if (_byName.TryAdd(name, schema))
        {
            _names.Add(name);
        }
    }
}
