using System.Collections.Immutable;
using Naru.Linux.Netlink;

namespace Naru.Linux.Nftables;

/// <summary>
/// nf_tables without libnftables: what the kernel holds byte for byte, and changes of the same form. Belongs to the network namespace of the
/// thread that opened it; not for several threads at once.
/// </summary>
public sealed class NetfilterSocket : IDisposable
{
    private const int TablesGroup = 7, HeaderLength = 4, BufferBytes = 8 << 20;
    private const ushort Request = 0x1, Dump = 0x300;
    private readonly NetlinkSocket _socket;

    private NetfilterSocket(NetlinkSocket socket) => _socket = socket;

    public static NetfilterSocket Open()
    {
        var socket = NetlinkSocket.Open(NetlinkSocket.NetfilterProtocol);
        socket.GrowBuffers(BufferBytes);
        socket.SetReceiveTimeout(TimeSpan.FromSeconds(10));
        return new NetfilterSocket(socket);
    }

    /// <summary>A socket that hears of every change to the tables; see <see cref="ReadChanges"/>.</summary>
    public static NetfilterSocket OpenMonitor(TimeSpan timeout)
    {
        var socket = NetlinkSocket.Open(NetlinkSocket.NetfilterProtocol, TablesGroup);
        socket.GrowBuffers(BufferBytes);
        socket.SetReceiveTimeout(timeout);
        return new NetfilterSocket(socket);
    }

    /// <summary>Everything of a kind, or (for the elements of a set) what the filter names. Null if the tables changed meanwhile: list again.</summary>
    public IReadOnlyList<NetfilterItem>? List(NetfilterKind kind, NetfilterItem? filter = null)
    {
        var found = new List<NetfilterItem>();
        var writer = new NetlinkWriter();
        var sequence = _socket.NextSequence();
        writer.Begin(NetfilterBatch.Type((int)kind + NetfilterProtocol.GetOffset), Request | Dump, sequence);
        NetfilterBatch.WriteItem(writer, filter ?? new NetfilterItem(NetfilterProtocol.FamilyUnspecified, []));
        _socket.Send(writer);
        var whole = _socket.ReadDump(sequence, (_, payload) => found.Add(new NetfilterItem(payload[0], NetfilterAttribute.Parse(payload[HeaderLength..]))));
        return whole ? found : null;
    }

    /// <summary>Carries out a batch. The answer is the numbers of the refused messages with errno; if there is any, nothing happened.</summary>
    public ImmutableSortedDictionary<int, int> Execute(NetfilterBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var refused = ImmutableSortedDictionary.CreateBuilder<int, int>();
        if (batch.Count == 0)
        {
            return refused.ToImmutable();
        }

        var (writer, last) = batch.Write();
        _socket.Send(writer);
        _socket.ReadAcknowledgementOf(last, (sequence, errno, _) => refused[NetfilterBatch.NumberOf(sequence)] = errno);
        return refused.ToImmutable();
    }

    /// <summary>Waits for changes, at most the monitor's time; the answer is the names of the tables that changed (empty: none; null in it: some were missed).</summary>
    public IReadOnlySet<string?> ReadChanges()
    {
        var changed = new HashSet<string?>();
        try
        {
            _socket.ReadNotifications((type, payload) =>
            {
                if (type == 0)
                {
                    changed.Add(null);
                }
                else if (type >> 8 == NetfilterProtocol.Subsystem && payload.Length > HeaderLength && (type & 0xff) is not (15 or 17))
                {
                    // Attribute 1 is the table's name in all messages but those of generations (15) and traces (17).
                    changed.Add(new NetfilterItem(payload[0], NetfilterAttribute.Parse(payload[HeaderLength..])).Text(1));
                }
            });
        }
        catch (NetlinkException nothing) when (nothing.Errno == LinuxErrno.TryAgain)
        {
            // The time is over.
        }

        return changed;
    }

    public void Dispose() => _socket.Dispose();
}
