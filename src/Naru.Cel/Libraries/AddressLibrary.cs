using System.Net;
using System.Net.Sockets;
using Naru.Cel.Functions;
using Naru.Cel.Runtime;

namespace Naru.Cel.Libraries;

/// <summary>A range of addresses as it was written: the address may lie anywhere in it.</summary>
internal sealed record CelCidr(IPAddress Address, int Length)
{
    /// <summary>The range.</summary>
    public IPNetwork Network => new(Mask(Address, Length), Length);

    /// <summary>The address with the bits behind the prefix cleared.</summary>
    public static IPAddress Mask(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var index = 0; index < bytes.Length; index++)
        {
            var kept = Math.Clamp(length - (index * 8), 0, 8);
            bytes[index] &= (byte)(0xFF << (8 - kept));
        }

        return new IPAddress(bytes);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Address}/{Length}";
}

/// <summary>Addresses of the network and ranges of them, in the strict form.</summary>
internal static class AddressLibrary
{
    public static void AddTo(FunctionBook book)
    {
        book.Add<string>("ip(string) ip", static text => Read(text) is { } address ? address : new CelError($"IP Address \"{text}\" parse error during conversion from string"));
        book.Add<string>("isIP(string) bool", static text => Read(text) is not null);
        book.Add<string>("ip:isCanonical(string) bool", static text => Read(text) is { } address ? address.ToString() == text : new CelError($"IP Address \"{text}\" parse error during conversion from string"));
        book.Add<IPAddress>("string(ip) string", static address => address.ToString());
        book.Add<IPAddress>("ip.family() int", static address => address.AddressFamily == AddressFamily.InterNetwork ? 4L : 6L);
        book.Add<IPAddress>("ip.isUnspecified() bool", static address => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));
        book.Add<IPAddress>("ip.isLoopback() bool", static address => IPAddress.IsLoopback(address));
        book.Add<IPAddress>("ip.isLinkLocalMulticast() bool", static address => address.GetAddressBytes() is [224, 0, 0, _] || (address.IsIPv6Multicast && (address.GetAddressBytes()[1] & 0x0F) == 2));
        book.Add<IPAddress>("ip.isLinkLocalUnicast() bool", static address => address.GetAddressBytes() is [169, 254, _, _] || address.IsIPv6LinkLocal);
        book.Add<IPAddress>("ip.isGlobalUnicast() bool", IsGlobal);
        AddRanges(book);
    }

    private static void AddRanges(FunctionBook book)
    {
        book.Add<string>("cidr(string) cidr", static text => ReadRange(text) is { } range ? range : new CelError($"network address parse error during conversion from string: invalid CIDR \"{text}\""));
        book.Add<string>("isCIDR(string) bool", static text => ReadRange(text) is not null);
        book.Add<CelCidr>("string(cidr) string", static range => range.ToString());
        book.Add<CelCidr>("cidr.ip() ip", static range => range.Address);
        book.Add<CelCidr>("cidr.masked() cidr", static range => range with { Address = CelCidr.Mask(range.Address, range.Length) });
        book.Add<CelCidr>("cidr.prefixLength() int", static range => (long)range.Length);
        book.Add<CelCidr, IPAddress>("cidr.containsIP(ip) bool", static (range, address) => range.Network.Contains(address));
        book.Add<CelCidr, string>("cidr.containsIP(string) bool", static (range, text) => Read(text) is { } address ? range.Network.Contains(address) : new CelError($"IP Address \"{text}\" parse error during conversion from string"));
        book.Add<CelCidr, CelCidr>("cidr.containsCIDR(cidr) bool", static (range, inner) => Contains(range, inner));
        book.Add<CelCidr, string>("cidr.containsCIDR(string) bool", static (range, text) => ReadRange(text) is { } inner ? Contains(range, inner) : new CelError($"network address parse error during conversion from string: invalid CIDR \"{text}\""));
    }

    private static bool Contains(CelCidr outer, CelCidr inner) => inner.Length >= outer.Length && outer.Network.Contains(inner.Address);

    private static object IsGlobal(IPAddress address) =>
        !(address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) || address.Equals(IPAddress.Broadcast) || IPAddress.IsLoopback(address) || address.IsIPv6Multicast
            || address.IsIPv6LinkLocal || address.GetAddressBytes() is [>= 224 and < 240, _, _, _] or [169, 254, _, _]);

    private static IPAddress? Read(string text)
    {
        if (text.Contains('%', StringComparison.Ordinal) || text.Contains('[', StringComparison.Ordinal) || !IPAddress.TryParse(text, out var address))
        {
            return null;
        }

        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return address.IsIPv4MappedToIPv6 ? null : address;
        }

        var parts = text.Split('.');
        return parts.Length == 4 && parts.All(static part => part.Length is > 0 and <= 3 && part.All(char.IsAsciiDigit) && (part.Length == 1 || part[0] != '0')) ? address : null;
    }

    private static CelCidr? ReadRange(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || Read(text[..slash]) is not { } address)
        {
            return null;
        }

        var length = text[(slash + 1)..];
        var most = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        return length.Length is > 0 and <= 3 && length.All(char.IsAsciiDigit) && (length == "0" || length[0] != '0') && int.Parse(length, System.Globalization.CultureInfo.InvariantCulture) is var bits && bits <= most
            ? new CelCidr(address, bits)
            : null;
    }
}
