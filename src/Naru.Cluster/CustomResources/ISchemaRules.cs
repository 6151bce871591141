using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Cluster.CustomResources;

/// <summary>Judges the rules of <c>x-kubernetes-validations</c>. Any thread.</summary>
public interface ISchemaRules
{
    /// <summary>Adds what is broken at one place of an object.</summary>
    /// <param name="schema">The schema at the place, as its definition writes it; it has the rules.</param>
    /// <param name="value">What stands there (<c>self</c>).</param>
    /// <param name="old">What stood there (<c>oldSelf</c>); null if there was nothing.</param>
    /// <param name="path">The place.</param>
    /// <param name="errors">Takes what is broken.</param>
    void Validate(MapValue schema, Value value, Value? old, string path, FieldErrors errors);
}
