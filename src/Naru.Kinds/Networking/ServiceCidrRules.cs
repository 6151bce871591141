using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Networking;

/// <summary>Ranges from which services get their addresses.</summary>
internal sealed class ServiceCidrRules : KindRules
{
    /// <inheritdoc/>
    public override bool HasGeneration => true;

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var spec = body.Under("spec");
        var path = FieldPath.Spec.Child("cidrs");
        if (spec.CountOf("cidrs") == 0)
        {
            errors.Required(path, "at least one CIDR required");
            return;
        }

        if (spec.CountOf("cidrs") > 2)
        {
            errors.Invalid(path, spec["cidrs"], "may only hold up to 2 values");
            return;
        }

        var index = 0;
        var families = new HashSet<bool>();
        foreach (var range in spec.Words("cidrs"))
        {
            errors.Cidr(path.Index(index++), range);
            if (!families.Add(FieldChecks.IsVersion6(range)))
            {
                errors.Invalid(path, spec["cidrs"], "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64");
            }
        }
    }

    /// <inheritdoc/>
    protected override void ValidateChange(MapValue body, MapValue old, FieldErrors errors)
    {
        Validate(body, errors);
        var (now, before) = (body.Under("spec").Words("cidrs").ToList(), old.Under("spec").Words("cidrs").ToList());

        // A range of the other family may come in addition, nothing else may change.
        if (before.Count != 1 || now.Count != 2 || now[0] != before[0])
        {
            errors.Unchanged(FieldPath.Spec.Child("cidrs"), body.At("spec", "cidrs"), old.At("spec", "cidrs"));
        }
    }
}
