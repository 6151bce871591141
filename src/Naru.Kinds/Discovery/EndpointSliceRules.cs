using Naru.Kinds.Core;
using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Discovery;

/// <summary>Slices of a service's endpoints.</summary>
internal sealed class EndpointSliceRules : KindRules
{
    /// <inheritdoc/>
    public override bool HasGeneration => true;

    /// <inheritdoc/>
    public override void SetDefaults(MapValue body)
    {
        // In protobuf an empty list is none: both forms of one slice must be the same object.
        body.Default("endpoints", new ListValue());
        if (body.CountOf("ports") == 0)
        {
            body.Remove("ports");
        }

        foreach (var (_, port) in body.Entries("ports"))
        {
            port.Default("name", "");
            port.Default("protocol", "TCP");
        }
    }

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var type = body.Str("addressType");
        errors.RequiredWord(FieldPath.Of("addressType"), type, "FQDN", "IPv4", "IPv6");
        if (body.CountOf("endpoints") > 1000)
        {
            errors.TooMany(FieldPath.Of("endpoints"), body.CountOf("endpoints"), 1000);
            return;
        }

        foreach (var (index, endpoint) in body.Entries("endpoints"))
        {
            ValidateEndpoint(endpoint, type, FieldPath.Of("endpoints").Index(index), errors);
        }

        ValidatePorts(body, errors);
    }

    /// <inheritdoc/>
    protected override void ValidateChange(MapValue body, MapValue old, FieldErrors errors)
    {
        Validate(body, errors);
        errors.Unchanged(FieldPath.Of("addressType"), body["addressType"], old["addressType"]);
    }

    /// <inheritdoc/>
    protected override bool WishChanged(MapValue body, MapValue old) =>
        !SameValue.Of(body["endpoints"], old["endpoints"]) || !SameValue.Of(body["ports"], old["ports"]) || !SameValue.Of(body.At("metadata", "labels"), old.At("metadata", "labels"));

    private static void ValidateEndpoint(MapValue endpoint, string type, FieldPath path, FieldErrors errors)
    {
        var count = endpoint.CountOf("addresses");
        if (count == 0)
        {
            errors.Required(path.Child("addresses"), "must contain at least 1 address");
        }
        else if (count > 100)
        {
            errors.TooMany(path.Child("addresses"), count, 100);
        }

        var index = 0;
        foreach (var address in endpoint.Words("addresses"))
        {
            var place = path.Child("addresses").Index(index++);
            if (type == "FQDN")
            {
                errors.Form(place, address, NameChecks.Subdomain);
            }
            else if (FieldChecks.IsAddress(address) && FieldChecks.IsVersion6(address) != (type == "IPv6"))
            {
                errors.Invalid(place, address, type == "IPv6" ? "must be an IPv6 address" : "must be an IPv4 address");
            }
            else
            {
                EndpointAddress.Validate(address, place, errors);
            }
        }

        if (endpoint["hostname"] is TextValue host)
        {
            errors.Form(path.Child("hostname"), host.Text, NameChecks.Label);
        }

        if (endpoint["nodeName"] is TextValue node)
        {
            errors.Form(path.Child("nodeName"), node.Text, NameChecks.Subdomain);
        }
    }

    private static void ValidatePorts(MapValue body, FieldErrors errors)
    {
        if (body.CountOf("ports") > 20000)
        {
            errors.TooMany(FieldPath.Of("ports"), body.CountOf("ports"), 20000);
            return;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, port) in body.Entries("ports"))
        {
            var place = FieldPath.Of("ports").Index(index);
            var name = port.Str("name");
            if (name.Length > 0)
            {
                errors.Form(place.Child("name"), name, NameChecks.Label);
            }

            if (!names.Add(name))
            {
                errors.Duplicate(place.Child("name"), name);
            }

            errors.RequiredWord(place.Child("protocol"), port.Str("protocol"), "SCTP", "TCP", "UDP");
            if (port["port"] is IntegerValue number)
            {
                errors.Port(place.Child("port"), number.Number);
            }

            if (port["appProtocol"] is TextValue protocol)
            {
                errors.Form(place.Child("appProtocol"), protocol.Text, NameChecks.Qualified);
            }
        }
    }
}
