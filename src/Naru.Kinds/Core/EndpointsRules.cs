using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Core;

/// <summary>Endpoints.</summary>
internal sealed class EndpointsRules : KindRules
{
    /// <inheritdoc/>
    public override bool CreatesOnUpdate => true;

    /// <inheritdoc/>
    public override void SetDefaults(MapValue body)
    {
        foreach (var (_, subset) in body.Entries("subsets"))
        {
            foreach (var (_, port) in subset.Entries("ports"))
            {
                port.DefaultText("protocol", "TCP");
            }
        }
    }

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        foreach (var (index, subset) in body.Entries("subsets"))
        {
            var place = FieldPath.Of("subsets").Index(index);
            if (subset.CountOf("addresses") + subset.CountOf("notReadyAddresses") == 0)
            {
                errors.Required(place, "must specify `addresses` or `notReadyAddresses`");
            }

            foreach (var list in (ReadOnlySpan<string>)["addresses", "notReadyAddresses"])
            {
                foreach (var (at, address) in subset.Entries(list))
                {
                    EndpointAddress.Validate(address.Str("ip"), place.Child(list).Index(at).Child("ip"), errors);
                    if (address.Str("hostname") is { Length: > 0 } host)
                    {
                        errors.Form(place.Child(list).Index(at).Child("hostname"), host, NameChecks.Label);
                    }
                }
            }

            foreach (var (at, port) in subset.Entries("ports"))
            {
                ValidatePort(port, subset.CountOf("ports") > 1, place.Child("ports").Index(at), errors);
            }
        }
    }

    private static void ValidatePort(MapValue port, bool named, FieldPath path, FieldErrors errors)
    {
        if (port.Str("name").Length == 0)
        {
            if (named)
            {
                errors.Required(path.Child("name"));
            }
        }
        else
        {
            errors.Form(path.Child("name"), port.Str("name"), NameChecks.Label);
        }

        errors.Port(path.Child("port"), port.Int("port"));
        errors.RequiredWord(path.Child("protocol"), port.Str("protocol"), "SCTP", "TCP", "UDP");
    }
}
