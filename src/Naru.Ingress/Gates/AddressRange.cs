using System.Net;

namespace Naru.Ingress.Gates;

/// <summary>Ranges of addresses as people write them: with or without a length, and with bits beyond it.</summary>
internal static class AddressRange
{
    /// <summary>The ranges in a list with commas between them.</summary>
    /// <exception cref="FormatException">One of them is none.</exception>
    public static IPNetwork[] Parse(string list) => [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(One)];

    private static IPNetwork One(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!IPAddress.TryParse(slash < 0 ? text : text[..slash], out var address))
        {
            throw new FormatException($"{text} is no range of addresses");
        }

        var bytes = address.GetAddressBytes();
        var length = bytes.Length * 8;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), out length) || length < 0 || length > bytes.Length * 8))
        {
            throw new FormatException($"{text} is no range of addresses");
        }

        for (var bit = length; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return new IPNetwork(new IPAddress(bytes), length);
    }
}
