using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Resource;

/// <summary>Claims of devices, and templates for them.</summary>
internal sealed class ResourceClaimRules(bool template) : KindRules
{
    /// <inheritdoc/>
    public override void SetDefaults(MapValue body)
    {
        foreach (var (_, request) in Devices(body).Entries("requests"))
        {
            if (request["exactly"] is MapValue exact)
            {
                SetRequest(exact);
            }

            foreach (var (_, one) in request.Entries("firstAvailable"))
            {
                SetRequest(one);
            }
        }
    }

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var path = (template ? FieldPath.Spec.Child("spec") : FieldPath.Spec).Child("devices");
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (Devices(body).CountOf("requests") > 32)
        {
            errors.TooMany(path.Child("requests"), Devices(body).CountOf("requests"), 32);
        }

        foreach (var (index, request) in Devices(body).Entries("requests"))
        {
            var place = path.Child("requests").Index(index);
            errors.RequiredForm(place.Child("name"), request.Str("name"), Metadata.NameChecks.Label);
            if (!names.Add(request.Str("name")))
            {
                errors.Duplicate(place.Child("name"), request.Str("name"));
            }

            var several = request.CountOf("firstAvailable") > 0;
            if (several && request.Has("exactly"))
            {
                errors.Invalid(place, "", "exactly one of `exactly` or `firstAvailable` is required, but multiple fields are set");
            }
            else if (!several && !request.Has("exactly"))
            {
                errors.Required(place, "exactly one of `exactly` or `firstAvailable` is required");
            }
            else if (request["exactly"] is MapValue exact)
            {
                ValidateRequest(exact, place.Child("exactly"), errors);
            }
        }
    }

    /// <inheritdoc/>
    protected override void ValidateChange(MapValue body, MapValue old, FieldErrors errors)
    {
        errors.Unchanged(FieldPath.Spec, body["spec"], old["spec"]);
        Validate(body, errors);
    }

    private static void SetRequest(MapValue request)
    {
        request.DefaultText("allocationMode", "ExactCount");
        if (request.Str("allocationMode") == "ExactCount")
        {
            request.DefaultNumber("count", 1);
        }
    }

    private static void ValidateRequest(MapValue request, FieldPath path, FieldErrors errors)
    {
        errors.RequiredForm(path.Child("deviceClassName"), request.Str("deviceClassName"), Metadata.NameChecks.Subdomain);
        errors.Word(path.Child("allocationMode"), request.Str("allocationMode"), "All", "ExactCount");
        if (request.Str("allocationMode") == "ExactCount" && request.Int("count") <= 0)
        {
            errors.Invalid(path.Child("count"), request.Int("count"), "must be greater than zero");
        }
        else if (request.Str("allocationMode") == "All" && request.Int("count") != 0)
        {
            errors.Invalid(path.Child("count"), request.Int("count"), "must not be specified when allocationMode is 'All'");
        }
    }

    private MapValue Devices(MapValue body) => (template ? body.Under("spec").Under("spec") : body.Under("spec")).Under("devices");
}
