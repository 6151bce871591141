using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Naru.Core.Names;

namespace Naru.Traffic.Names.Cluster;

/// <summary>All that is known of a name, ready to be written. Never changes: a change makes another one.</summary>
internal sealed class ZoneName
{
    /// <summary>Endpoints come and go: what clients keep is to be right again soon.</summary>
    internal const uint TimeToLiveSeconds = 5;

    /// <summary>A name below which there are others.</summary>
    internal static readonly ZoneName Empty = new();

    private DnsRecord[] _a = [], _aaaa = [], _services = [], _pointers = [], _texts = [], _alias = [];

    /// <summary>What the name stands for; null: for itself.</summary>
    internal string? Alias { get; private init; }

    /// <summary>Names that <see cref="DnsQuestion.TypeSrv"/> leads to, each once.</summary>
    internal IReadOnlyList<string> ServiceTargets { get; private init; } = [];

    internal static ZoneName Build(IReadOnlyCollection<NameRecord> records)
    {
        var targets = records.OfType<ServiceRecord>().Select(static one => one.Target).Distinct(StringComparer.Ordinal).ToArray();
        var alias = records.OfType<AliasRecord>().FirstOrDefault()?.Target;
        return new ZoneName
        {
            Alias = alias,
            ServiceTargets = targets,
            _alias = alias is null ? [] : [new DnsRecord(DnsQuestion.TypeCname, TimeToLiveSeconds, DnsAnswer.Name(alias))],
            _a = Addresses(records, AddressFamily.InterNetwork, DnsQuestion.TypeA),
            _aaaa = Addresses(records, AddressFamily.InterNetworkV6, DnsQuestion.TypeAaaa),
            _services = [.. records.OfType<ServiceRecord>().Select(static one => new DnsRecord(DnsQuestion.TypeSrv, TimeToLiveSeconds, ServiceData(one)))],
            _pointers = [.. records.OfType<PointerRecord>().Select(static one => one.Target).Distinct(StringComparer.Ordinal).Select(static one => new DnsRecord(DnsQuestion.TypePtr, TimeToLiveSeconds, DnsAnswer.Name(one)))],
            _texts = [.. records.OfType<TextRecord>().Select(static one => new DnsRecord(DnsQuestion.TypeTxt, TimeToLiveSeconds, TextData(one.Text)))],
        };
    }

    /// <summary>The records of a type; of any: all.</summary>
    internal DnsRecord[] Of(ushort type) => type switch
    {
        DnsQuestion.TypeA => _a,
        DnsQuestion.TypeAaaa => _aaaa,
        DnsQuestion.TypeSrv => _services,
        DnsQuestion.TypePtr => _pointers,
        DnsQuestion.TypeTxt => _texts,
        DnsQuestion.TypeCname => _alias,
        DnsQuestion.TypeAny => [.. _alias, .. _a, .. _aaaa, .. _services, .. _pointers, .. _texts],
        _ => [],
    };

    private static DnsRecord[] Addresses(IEnumerable<NameRecord> records, AddressFamily family, ushort type) =>
        [.. records.OfType<AddressRecord>().Select(static one => one.Address).Where(one => one.AddressFamily == family).Distinct().Select(one => new DnsRecord(type, TimeToLiveSeconds, one.GetAddressBytes()))];

    private static byte[] ServiceData(ServiceRecord service)
    {
        var target = DnsAnswer.Name(service.Target);
        var data = new byte[6 + target.Length];
        BinaryPrimitives.WriteUInt16BigEndian(data, service.Priority);
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(2), service.Weight);
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(4), service.Port);
        target.CopyTo(data, 6);
        return data;
    }

    private static byte[] TextData(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [.. bytes.Chunk(byte.MaxValue).SelectMany(static part => part.Prepend((byte)part.Length))];
    }
}
