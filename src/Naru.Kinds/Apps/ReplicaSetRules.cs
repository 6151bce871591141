using System.Globalization;
using Naru.Kinds.PodTemplates;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Apps;

/// <summary>Replica sets.</summary>
internal sealed class ReplicaSetRules : WorkloadRules
{
    /// <inheritdoc/>
    public override IReadOnlyCollection<string> SelectableFields { get; } = ["status.replicas"];

    /// <inheritdoc/>
    protected override string Word => "deployment";

    /// <inheritdoc/>
    public override void SetDefaults(MapValue body)
    {
        var spec = body.MakeMap("spec");
        spec.Default("replicas", 1);
        PodSpecDefaults.SetTemplate(spec["template"] as MapValue);
    }

    /// <inheritdoc/>
    public override string? SelectField(MapValue body, string field) =>
        field == "status.replicas" ? body.Under("status").Int("replicas").ToString(CultureInfo.InvariantCulture) : null;

    /// <inheritdoc/>
    protected override void ValidateSpec(MapValue spec, FieldErrors errors)
    {
    }
}
