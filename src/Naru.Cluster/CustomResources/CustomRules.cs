using Naru.Kinds.Metadata;
using Naru.Objects.Api;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Cluster.CustomResources;

/// <summary>The laws of a custom kind at one version, beyond its schema: metadata, status and generation.</summary>
internal sealed class CustomRules : IKindRules
{
    private readonly bool _namespaced;
    private readonly bool _hasStatus;
    private readonly Dictionary<string, string[]> _fields;

    public CustomRules(bool namespaced, MapValue version)
    {
        _namespaced = namespaced;
        _hasStatus = version.Map("subresources", "status") is not null;
        _fields = version.Maps("selectableFields")
            .Select(static field => (field.Text("jsonPath") ?? "").TrimStart('.'))
            .Where(static path => path.Length > 0)
            .Distinct()
            .ToDictionary(static path => path, static path => path.Split('.'));
    }

    public IReadOnlyCollection<string> SelectableFields => _fields.Keys;

    public bool CreatesOnUpdate => false;

    public DeletePropagation DefaultPropagation => DeletePropagation.Background;

    public void SetDefaults(MapValue body)
    {
    }

    public void PrepareCreate(MapValue body)
    {
        if (_hasStatus)
        {
            body.Remove("status");
        }

        body.MakeMap("metadata")["generation"] = 1;
    }

    public void PrepareUpdate(MapValue body, MapValue old)
    {
        if (_hasStatus)
        {
            body["status"] = old["status"]?.Clone();
        }

        var before = old.Integer("metadata", "generation") ?? 1;
        body.MakeMap("metadata")["generation"] = WishChanged(body, old) ? before + 1 : before;
    }

    public void PrepareSubresource(string subresource, MapValue body, MapValue old)
    {
        if (subresource != "status")
        {
            PrepareUpdate(body, old);
            return;
        }

        foreach (var name in body.Names.Where(static name => name is not ("status" or "metadata")).ToList())
        {
            body.Remove(name);
        }

        foreach (var (name, value) in old)
        {
            if (name is not ("status" or "metadata"))
            {
                body[name] = value.Clone();
            }
        }

        var managed = body.At("metadata", "managedFields");
        var metadata = old.Map("metadata")!.CloneMap();
        metadata["managedFields"] = managed ?? metadata["managedFields"];
        body["metadata"] = metadata;
    }

    public void ValidateCreate(MapValue body, FieldErrors errors) => ObjectMetadata.Validate(body, _namespaced, errors);

    public void ValidateUpdate(MapValue body, MapValue old, FieldErrors errors) => ObjectMetadata.ValidateUpdate(body, old, errors);

    public void ValidateSubresource(string subresource, MapValue body, MapValue old, FieldErrors errors) => ObjectMetadata.ValidateUpdate(body, old, errors);

    public IEnumerable<string> Warnings(MapValue body, MapValue? old) => [];

    public string? SelectField(MapValue body, string field) => !_fields.TryGetValue(field, out var path) ? null : body.At(path)?.ToString() ?? "";

    public long? DeletionGrace(MapValue body, long? asked) => null;

    private bool WishChanged(MapValue body, MapValue old)
    {
        bool Counts(string name) => name != "metadata" && !(_hasStatus && name == "status");
        return body.Any(field => Counts(field.Key) && !field.Value.DeepEquals(old[field.Key])) || old.Names.Any(name => Counts(name) && !body.Has(name));
    }
}
