using System.Runtime.InteropServices;
using Naru.Linux.Netlink;

namespace Naru.Linux.Nftables;

/// <summary>Changes to nf_tables that happen all or not at all.</summary>
public sealed class NetfilterBatch
{
    private const ushort Request = 0x1, Acknowledge = 0x4, Create = 0x400, Append = 0x800;
    private const uint FirstSequence = 1;
    private readonly List<(ushort Type, ushort Flags, NetfilterItem Item)> _messages = [];

    public int Count => _messages.Count;

    /// <summary>Adds something; the answer is its number, by which a refusal names it.</summary>
    public int Add(NetfilterKind kind, NetfilterItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        _messages.Add((Type((int)kind), (ushort)(Create | (kind == NetfilterKind.Rule ? Append : 0)), item));
        return _messages.Count - 1;
    }

    public int Delete(NetfilterKind kind, NetfilterItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        _messages.Add((Type((int)kind + NetfilterProtocol.DeleteOffset), 0, item));
        return _messages.Count - 1;
    }

    internal (NetlinkWriter Writer, uint Last) Write()
    {
        var writer = new NetlinkWriter();
        WriteEdge(writer, NetfilterProtocol.BatchBegin, FirstSequence);
        var sequence = FirstSequence;
        foreach (var (type, flags, item) in _messages)
        {
            var last = sequence - FirstSequence == _messages.Count - 1;
            writer.Begin(type, (ushort)(Request | flags | (last ? Acknowledge : 0)), ++sequence);
            WriteItem(writer, item);
        }

        WriteEdge(writer, NetfilterProtocol.BatchEnd, sequence + 1);
        writer.EndMessage();
        return (writer, sequence);
    }

    internal static int NumberOf(uint sequence) => (int)(sequence - FirstSequence) - 1;

    internal static ushort Type(int message) => (ushort)((NetfilterProtocol.Subsystem << 8) | message);

    internal static void WriteItem(NetlinkWriter writer, NetfilterItem item)
    {
        writer.Struct(new Header { Family = item.Family });
        foreach (var attribute in item.Attributes)
        {
            writer.Attribute(attribute.Type, attribute.Value.AsSpan());
        }
    }

    private static void WriteEdge(NetlinkWriter writer, ushort type, uint sequence)
    {
        writer.Begin(type, Request, sequence);
        writer.Struct(new Header { ResourceHigh = 0, ResourceLow = NetfilterProtocol.Subsystem });
    }

    /// <summary>struct nfgenmsg; the resource id is big-endian.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Header
    {
        internal byte Family;
        internal byte Version;
        internal byte ResourceHigh;
        internal byte ResourceLow;
    }
}
