using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Naru.Core.Names;

/// <summary>The names that stand for addresses (in-addr.arpa, ip6.arpa).</summary>
public static class ReverseName
{
    /// <summary>The reverse name of an address.</summary>
    public static string Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var bytes = address.GetAddressBytes();
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{bytes[3]}.{bytes[2]}.{bytes[1]}.{bytes[0]}.in-addr.arpa");
        }

        var text = new StringBuilder(72);
        for (var index = bytes.Length - 1; index >= 0; index--)
        {
            text.Append(CultureInfo.InvariantCulture, $"{bytes[index] & 0xf:x}.{bytes[index] >> 4:x}.");
        }

        return text.Append("ip6.arpa").ToString();
    }
}
