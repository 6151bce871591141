using System.Globalization;
using Naru.Cluster.Catalogue;
using Naru.Cluster.SchemaRules;
using Naru.Objects.Kinds;
using Naru.Objects.Schemas.Structural;
using Naru.Objects.Values;

namespace Naru.Cluster.CustomResources;

/// <summary>What is wrong with the schemas of a CustomResourceDefinition: they must be structural.</summary>
internal static class DefinitionSchemas
{
    /// <summary>Whether the resource is that of the definitions.</summary>
    public static bool Are(ServedResource resource) => resource.Storage is { Group: "apiextensions.k8s.io", Resource: "customresourcedefinitions" };

    /// <summary>Adds what is wrong. A schema that stands unchanged is not held against a change elsewhere.</summary>
    public static void Validate(MapValue body, MapValue? old, FieldErrors errors)
    {
        var index = 0;
        foreach (var version in body.Maps("spec", "versions"))
        {
            var before = old?.Maps("spec", "versions").FirstOrDefault(one => one.Text("name") == version.Text("name"));
            var path = string.Create(CultureInfo.InvariantCulture, $"spec.versions[{index}]");
            if (version.Map("schema", "openAPIV3Schema") is { } schema)
            {
                Check(version, schema, before, path, errors);
            }

            index++;
        }
    }

    private static void Check(MapValue version, MapValue schema, MapValue? before, string path, FieldErrors errors)
    {
        var isNew = !schema.DeepEquals(before?.Map("schema", "openAPIV3Schema"));
        if (!isNew && !version.Has("selectableFields"))
        {
            return;
        }

        var place = path + ".schema.openAPIV3Schema";
        var compiled = StructuralSchema.Compile(schema, isNew ? errors : new FieldErrors(), place);
        if (isNew)
        {
            DefinitionRuleChecks.Check(compiled, place, errors);
        }

        SelectableFields.Check(version, compiled, path, errors);
    }
}
