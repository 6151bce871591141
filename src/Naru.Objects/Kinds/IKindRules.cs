using Naru.Objects.Values;

namespace Naru.Objects.Kinds;

/// <summary>The laws of one built-in kind at one version. Pure: no clock, no I/O, no other object. Trees handed in have passed the schema: types are right, unknown fields are gone.</summary>
public interface IKindRules
{
    /// <summary>Fills in what was left out. Called on every write, and harmless when repeated.</summary>
    void SetDefaults(MapValue body);

    /// <summary>A new object: drop what only the server sets (status), set the generation where the kind has one.</summary>
    void PrepareCreate(MapValue body);

    /// <summary>A changed object: keep the status of <paramref name="old"/>, raise the generation when the wish changed.</summary>
    void PrepareUpdate(MapValue body, MapValue old);

    /// <summary>A changed subresource (<c>status</c>, <c>ephemeralcontainers</c>, <c>resize</c>, <c>approval</c>…): everything outside it is as in <paramref name="old"/>.</summary>
    void PrepareSubresource(string subresource, MapValue body, MapValue old);

    /// <summary>Broken rules of a new object.</summary>
    void ValidateCreate(MapValue body, FieldErrors errors);

    /// <summary>Broken rules of a change.</summary>
    void ValidateUpdate(MapValue body, MapValue old, FieldErrors errors);

    /// <summary>Broken rules of a changed subresource.</summary>
    void ValidateSubresource(string subresource, MapValue body, MapValue old, FieldErrors errors);

    /// <summary>Things that are allowed and ill-advised, said to the client. <paramref name="old"/> is null for creations.</summary>
    IEnumerable<string> Warnings(MapValue body, MapValue? old);

    /// <summary>What a field selector may ask for beyond metadata.name and metadata.namespace: <c>spec.nodeName</c> and so on. Null if the kind has no such field; empty text if the object has none.</summary>
    string? SelectField(MapValue body, string field);

    /// <summary>Names that <see cref="SelectField"/> knows.</summary>
    IReadOnlyCollection<string> SelectableFields { get; }

    /// <summary>The time that a deletion waits unless told otherwise; null for kinds that go at once. Pods: their terminationGracePeriodSeconds (0 when not on a node).</summary>
    long? DeletionGrace(MapValue body, long? asked);

    /// <summary>An object may be made by an update to a name that does not exist (leases, endpoints…).</summary>
    bool CreatesOnUpdate { get; }

    /// <summary>What a deletion does with dependents unless told otherwise.</summary>
    Api.DeletePropagation DefaultPropagation { get; }
}
