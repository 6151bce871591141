using Naru.Cluster.Catalogue;
using Naru.Cluster.CustomResources;
using Naru.Objects.Admission;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Cluster.Writing;

/// <summary>What a custom resource's schema adds to the laws of its kind: defaults and validation. Nothing for built-in kinds.</summary>
internal sealed class KindChecks(SchemaBook schemas)
{
    /// <summary>Fills in the schema's defaults.</summary>
    public void SetDefaults(ServedResource resource, MapValue body)
    {
        if (resource.Custom is not null)
        {
            schemas.SetDefaults(resource, body);
        }
    }

    /// <summary>What admission made of a body: fields that its schema does not know go, as they do from a client's.</summary>
    public MapValue Admitted(ServedResource resource, AdmissionRequest request, MapValue before)
    {
        var body = request.Object ?? before;
        if (request.Unclean)
        {
            schemas.Clean(resource, body, [], new FieldErrors());
        }

        return body;
    }

    /// <summary>Broken rules of the schema.</summary>
    public void Validate(ServedResource resource, MapValue body, MapValue? old, FieldErrors errors)
    {
        if (resource.Custom is not null)
        {
            schemas.Validate(resource, body, old, errors);
        }
        else if (DefinitionSchemas.Are(resource))
        {
            DefinitionSchemas.Validate(body, old, errors);
        }
    }
}
