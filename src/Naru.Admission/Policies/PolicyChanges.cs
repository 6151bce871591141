using Naru.Cel.Runtime;
using Naru.Core.Errors;
using Naru.Objects.Apply;
using Naru.Objects.Patches;
using Naru.Objects.Schemas;
using Naru.Objects.Values;

namespace Naru.Admission.Policies;

/// <summary>Changes an object by what a policy's expression gave.</summary>
internal static class PolicyChanges
{
    private static readonly string[] Identity = ["name", "namespace", "uid", "generateName", "creationTimestamp", "resourceVersion", "managedFields"];

    /// <summary>The changed object; the given one stays as it is.</summary>
    /// <exception cref="NaruException">It cannot be changed so.</exception>
    public static MapValue Apply(PolicyMutation mutation, object result, MapValue body, ISchema? schema)
    {
        var value = TreeValues.Write(result);
        if (mutation.IsPatch)
        {
            return Patched(body, value as ListValue ?? throw NaruException.Invalid("type mismatch: JSONPatchType.expression should evaluate to array"));
        }

        if (result is not CelMap || value is not MapValue configuration)
        {
            throw NaruException.Invalid("must evaluate to Object but got another type");
        }

        foreach (var name in (ReadOnlySpan<string>)["apiVersion", "kind"])
        {
            configuration.Remove(name);
        }

        foreach (var name in Identity)
        {
            configuration.Map("metadata")?.Remove(name);
        }

        RefuseAtomic(configuration, schema, "");
        return ConfigurationMerge.Merge(body, configuration, schema);
    }

    // A test that does not hold says that there is nothing to do here.
    private static MapValue Patched(MapValue body, ListValue patch)
    {
        try
        {
            return JsonPatch.Apply(body.CloneMap(), patch) as MapValue ?? throw NaruException.Invalid("the patched object is no object");
        }
        catch (NaruException failure) when (JsonPatch.IsTestFailure(failure))
        {
            return body;
        }
    }

    // What is replaced as a whole would take away what others put there.
    private static void RefuseAtomic(Value value, ISchema? schema, string path)
    {
        switch (value)
        {
            case ListValue when schema is { Kind: SchemaKind.List, ListType: ListSemantics.Atomic }:
            case MapValue when schema?.IsAtomic == true:
                throw NaruException.Invalid($"error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: {path}");
            case ListValue list:
                foreach (var item in list)
                {
                    RefuseAtomic(item, schema?.Element, path);
                }

                break;
            case MapValue map:
                foreach (var (name, field) in map)
                {
                    RefuseAtomic(field, schema?.Field(name) ?? (schema?.Kind == SchemaKind.Map ? schema.Element : null), $"{path}.{name}");
                }

                break;
        }
    }
}
