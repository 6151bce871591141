using System.Buffers.Binary;
using System.Collections.Immutable;
using static Naru.Linux.Nftables.NetfilterAttribute;

namespace Naru.Linux.Nftables;

/// <summary>Builds the expressions of rules, for the few rules that must not cost a run of libnftables.</summary>
public static class NetfilterExpression
{
    private const uint Register1 = 1, Register2 = 2;

    /// <summary>Payload bases of nf_tables.</summary>
    public const uint NetworkHeader = 1, TransportHeader = 2;

    public static NetfilterAttribute Rule(params ReadOnlySpan<ImmutableArray<NetfilterAttribute>> expressions)
    {
        var all = ImmutableArray.CreateBuilder<NetfilterAttribute>();
        foreach (var group in expressions)
        {
            all.AddRange(group);
        }

        return Nest(NetfilterProtocol.RuleExpressions, all.ToArray());
    }

    /// <summary>Goes on only if these bytes of the packet are equal.</summary>
    public static ImmutableArray<NetfilterAttribute> PayloadEquals(uint header, uint offset, params ReadOnlySpan<byte> value) =>
    [
        Expression("payload", Number(1, Register1), Number(2, header), Number(3, offset), Number(4, (uint)value.Length)),
        Compare(Register1, 0, value),
    ];

    /// <summary>Goes on only for this transport protocol.</summary>
    public static ImmutableArray<NetfilterAttribute> TransportEquals(byte protocol)
    {
        const uint TransportProtocol = 16;
        return [Expression("meta", Number(1, Register1), Number(2, TransportProtocol)), Compare(Register1, 0, [protocol])];
    }

    /// <summary>Goes on only if a bit of the packet's mark is set.</summary>
    public static ImmutableArray<NetfilterAttribute> MarkHas(uint bit)
    {
        const uint Mark = 3;
        Span<byte> mask = stackalloc byte[4];
        BitConverter.TryWriteBytes(mask, bit);
        return
        [
            Expression("meta", Number(1, Register1), Number(2, Mark)),
            Expression("bitwise", Number(1, Register1), Number(2, Register1), Number(3, 4), Value(4, mask), Value(5, [0, 0, 0, 0])),
            Compare(Register1, 0, mask),
        ];
    }

    /// <summary>Writes two bytes of the transport header and mends its checksum.</summary>
    public static ImmutableArray<NetfilterAttribute> SetPort(uint offset, ushort port, uint checksumOffset)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, port);
        return
        [
            Expression("immediate", Number(1, Register2), Value(2, bytes)),
            Expression("payload", Number(5, Register2), Number(2, TransportHeader), Number(3, offset), Number(4, 2), Number(6, 1), Number(7, checksumOffset), Number(8, 0)),
        ];
    }

    public static ImmutableArray<NetfilterAttribute> NoTracking() => [Expression("notrack")];

    /// <summary>Ends with a verdict: accept, drop, or jump with a chain.</summary>
    public static ImmutableArray<NetfilterAttribute> Verdict(uint code, string? chain = null)
    {
        const uint VerdictRegister = 0;
        var verdict = chain is null
            ? Nest(NetfilterProtocol.DataVerdict, Number(NetfilterProtocol.VerdictCode, code))
            : Nest(NetfilterProtocol.DataVerdict, Number(NetfilterProtocol.VerdictCode, code), Text(NetfilterProtocol.VerdictChain, chain));
        return [Expression("immediate", Number(1, VerdictRegister), Nest(2, verdict))];
    }

    private static NetfilterAttribute Compare(uint register, uint operation, ReadOnlySpan<byte> value) => Expression("cmp", Number(1, register), Number(2, operation), Value(3, value));

    private static NetfilterAttribute Value(ushort type, ReadOnlySpan<byte> value) => Nest(type, new NetfilterAttribute(NetfilterProtocol.DataValue, [.. value]));

    private static NetfilterAttribute Expression(string name, params ReadOnlySpan<NetfilterAttribute> data) =>
        data.IsEmpty
            ? Nest(NetfilterProtocol.ListElement, Text(NetfilterProtocol.ExpressionName, name))
            : Nest(NetfilterProtocol.ListElement, Text(NetfilterProtocol.ExpressionName, name), Nest(NetfilterProtocol.ExpressionData, data));
}
