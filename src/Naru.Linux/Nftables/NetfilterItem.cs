using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Naru.Linux.Netlink;

namespace Naru.Linux.Nftables;

/// <summary>A table, chain, rule, set or object as the kernel writes it: attributes, kept byte for byte.</summary>
/// <param name="Family">Address family.</param>
/// <param name="Attributes">Type and value of each.</param>
public sealed record NetfilterItem(byte Family, ImmutableArray<NetfilterAttribute> Attributes)
{
    public ReadOnlySpan<byte> Value(ushort type) => NetfilterAttribute.Find(Attributes, type);

    public bool Has(ushort type) => Attributes.Any(attribute => attribute.Type == type);

    public string Text(ushort type) => Encoding.UTF8.GetString(Value(type).TrimEnd((byte)0));

    public uint Number(ushort type) => Value(type) is { Length: >= 4 } value ? BinaryPrimitives.ReadUInt32BigEndian(value) : 0;

    public ImmutableArray<NetfilterAttribute> Nest(ushort type) => NetfilterAttribute.Parse(Value(type));

    public NetfilterItem Without(params ReadOnlySpan<ushort> types)
    {
        var dropped = types.ToArray();
        return this with { Attributes = [.. Attributes.Where(attribute => !dropped.Contains(attribute.Type))] };
    }

    /// <summary>The attribute gets this value, in its place or at the end.</summary>
    public NetfilterItem With(NetfilterAttribute value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var index = -1;
        for (var position = 0; position < Attributes.Length; position++)
        {
            index = Attributes[position].Type == value.Type ? position : index;
        }

        return this with { Attributes = index < 0 ? Attributes.Add(value) : Attributes.SetItem(index, value) };
    }
}

/// <summary>An attribute; its value may hold attributes in turn.</summary>
/// <param name="Type">Number, without the flags of netlink.</param>
/// <param name="Value">Bytes.</param>
public sealed record NetfilterAttribute(ushort Type, ImmutableArray<byte> Value)
{
    public static NetfilterAttribute Text(ushort type, string value) => new(type, [.. Encoding.UTF8.GetBytes(value), 0]);

    public static NetfilterAttribute Number(ushort type, uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return new NetfilterAttribute(type, [.. bytes]);
    }

    public static NetfilterAttribute Nest(ushort type, params ReadOnlySpan<NetfilterAttribute> inner)
    {
        var writer = new NetlinkWriter();
        foreach (var attribute in inner)
        {
            writer.Attribute(attribute.Type, attribute.Value.AsSpan());
        }

        return new NetfilterAttribute(type, [.. writer.Written]);
    }

    public static ImmutableArray<NetfilterAttribute> Parse(ReadOnlySpan<byte> data)
    {
        var found = ImmutableArray.CreateBuilder<NetfilterAttribute>();
        var attributes = new NetlinkAttributes(data);
        while (attributes.Next())
        {
            found.Add(new NetfilterAttribute(attributes.Type, [.. attributes.Value]));
        }

        return found.ToImmutable();
    }

    internal static ReadOnlySpan<byte> Find(ImmutableArray<NetfilterAttribute> attributes, ushort type)
    {
        foreach (var attribute in attributes)
        {
            if (attribute.Type == type)
            {
                return attribute.Value.AsSpan();
            }
        }

        return default;
    }
}
