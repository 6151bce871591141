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
            var before = old?.Maps("spec", "versions").FirstOrDefault(one => one.Text("name") == version.Text("name"))?.Map("schema", "openAPIV3Schema");
            if (version.Map("schema", "openAPIV3Schema") is { } schema && !schema.DeepEquals(before))
            {
                var path = string.Create(CultureInfo.InvariantCulture, $"spec.versions[{index}].schema.openAPIV3Schema");
                DefinitionRuleChecks.Check(StructuralSchema.Compile(schema, errors, path), path, errors);
            }

            index++;
        }
    }
}
