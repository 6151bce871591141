using System.Net;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;

namespace Naru.Kinds.Core;

/// <summary>Addresses to which traffic of services may be sent.</summary>
internal static class EndpointAddress
{
    /// <summary>An address of another machine or pod: none that means this one or a group.</summary>
    public static void Validate(string text, FieldPath path, FieldErrors errors)
    {
        if (!FieldChecks.IsAddress(text))
        {
            errors.Address(path, text);
            return;
        }

        var address = IPAddress.Parse(text);
        var bytes = address.GetAddressBytes();
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        {
            errors.Invalid(path, text, "may not be unspecified (" + text + ")");
        }
        else if (IPAddress.IsLoopback(address))
        {
            errors.Invalid(path, text, "may not be in the loopback range (127.0.0.0/8, ::1/128)");
        }
        else if ((bytes.Length == 4 && bytes[0] == 169 && bytes[1] == 254) || address.IsIPv6LinkLocal)
        {
            errors.Invalid(path, text, "may not be in the link-local range (169.254.0.0/16, fe80::/10)");
        }
        else if ((bytes.Length == 4 && bytes[0] == 224 && bytes[1] == 0 && bytes[2] == 0) || (address.IsIPv6Multicast && bytes[1] == 2))
        {
            errors.Invalid(path, text, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
        }
    }
}
