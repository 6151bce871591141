using Naru.Objects.Kinds;
using Naru.Objects.Schemas.Structural;
using Naru.Objects.Values;

namespace Naru.Cluster.CustomResources;

/// <summary>Judges the rules in CEL of a custom resource's schema (<see cref="StructuralSchema.Validations"/>). Any thread.</summary>
public interface ISchemaRules
{
    /// <summary>Adds what is broken, at any depth. Called where <see cref="StructuralSchema.HasValidations"/> holds, for objects that their schema finds valid.</summary>
    /// <param name="schema">The schema of the whole object.</param>
    /// <param name="value">The object (<c>self</c>).</param>
    /// <param name="old">As it stood (<c>oldSelf</c>); null for a new one.</param>
    /// <param name="errors">Takes what is broken.</param>
    void Validate(StructuralSchema schema, MapValue value, MapValue? old, FieldErrors errors);
}
