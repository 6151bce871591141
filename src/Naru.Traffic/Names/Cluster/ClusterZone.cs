using System.Buffers.Binary;
using System.Net;
using Naru.Core.Names;

namespace Naru.Traffic.Names.Cluster;

/// <summary>Answers for the cluster's domain and for the addresses of its pods and services, with authority.</summary>
internal sealed class ClusterZone
{
    private const int LongestChain = 8;
    private readonly string _domain, _suffix;
    private readonly IPNetwork[] _ranges;
    private readonly ZoneTable _table;
    private readonly byte[] _apex, _server, _keeper;
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _turn;

    internal ClusterZone(ClusterNameOptions options)
    {
        _domain = options.Domain.Trim('.').ToLowerInvariant();
        _suffix = "." + _domain;
        _ranges = [.. options.Ranges.Select(IPNetwork.Parse)];
        _apex = DnsAnswer.Name(_domain);
        _server = DnsAnswer.Name($"ns.dns.{_domain}");
        _keeper = DnsAnswer.Name($"hostmaster.{_domain}");
        _table = new ZoneTable(_domain);
        _table.Set("", [new PlaceRecord(_domain), new TextRecord($"dns-version.{_domain}", "1.1.0"), new AddressRecord($"ns.dns.{_domain}", IPAddress.Parse(options.Address))]);
    }

    /// <summary>Ends when all names have been said once.</summary>
    internal Task Opened => _opened.Task;

    internal void Open() => _opened.TrySetResult();

    internal void Set(string contributor, IReadOnlyCollection<NameRecord> records) => _table.Set(contributor, records);

    /// <summary>Nobody else is to be asked for this name.</summary>
    internal bool Owns(string name) =>
        name.EndsWith(_suffix, StringComparison.Ordinal) || name == _domain
        || (name.EndsWith(".arpa", StringComparison.Ordinal) && (_table.Find(name) is not null || (DnsAnswer.ReverseAddress(name) is { } address && Array.Exists(_ranges, range => range.Contains(address)))));

    /// <summary>The answer to a question for a name that it owns.</summary>
    internal ZoneAnswer Answer(in DnsQuestion question, bool overUdp)
    {
        var writer = new DnsWriter(overUdp ? stackalloc byte[DnsWriter.LongestDatagram] : new byte[ushort.MaxValue], question, overUdp);
        var name = question.Name;
        List<DnsRecord> chain = [];
        byte[]? owner = null;
        for (var hop = 0; hop < LongestChain; hop++)
        {
            if (_table.Find(name) is not { } found)
            {
                writer.Authority(Authority(name));
                return new ZoneAnswer(writer.Finish(DnsAnswer.NoSuchName, isAuthoritative: true), [], null);
            }

            if (found.Alias is not { } alias || question.Type is DnsQuestion.TypeCname or DnsQuestion.TypeAny)
            {
                AnswerWith(ref writer, found, question.Type, name, owner);
                return new ZoneAnswer(writer.Finish(DnsAnswer.NoError, isAuthoritative: true), [], null);
            }

            var step = found.Of(DnsQuestion.TypeCname)[0] with { Owner = owner };
            writer.Answer(step);
            chain.Add(step);
            (name, owner) = (alias, DnsAnswer.Name(alias));
            if (!Owns(name))
            {
                return new ZoneAnswer(null, chain, name);
            }
        }

        return new ZoneAnswer(writer.Finish(DnsAnswer.ServerFailure, isAuthoritative: true), [], null);
    }

    private void AnswerWith(ref DnsWriter writer, ZoneName found, ushort type, string name, byte[]? owner)
    {
        var records = name.Length == _domain.Length && type is DnsQuestion.TypeSoa or DnsQuestion.TypeNs && name == _domain
            ? [type == DnsQuestion.TypeSoa ? Authority(name) : new DnsRecord(DnsQuestion.TypeNs, ZoneName.TimeToLiveSeconds, _server)]
            : found.Of(type);
        if (records.Length == 0)
        {
            writer.Authority(Authority(name));
            return;
        }

        if (owner is not null)
        {
            records = [.. records.Select(record => record with { Owner = owner })];
        }

        writer.Answers(records, records.Length == 1 ? 0 : (int)((uint)Interlocked.Increment(ref _turn) % (uint)records.Length));
        if (type == DnsQuestion.TypeSrv)
        {
            foreach (var target in found.ServiceTargets)
            {
                if (_table.Find(target) is { } led)
                {
                    var bytes = DnsAnswer.Name(target);
                    writer.Additional(led.Of(DnsQuestion.TypeA), bytes);
                    writer.Additional(led.Of(DnsQuestion.TypeAaaa), bytes);
                }
            }
        }
    }

    // Says who denies a name and for how long (RFC 2308).
    private DnsRecord Authority(string name)
    {
        var owner = name.EndsWith(_suffix, StringComparison.Ordinal) || name == _domain ? _apex : DnsAnswer.Name(name.EndsWith(".ip6.arpa", StringComparison.Ordinal) ? "ip6.arpa" : "in-addr.arpa");
        var data = new byte[_server.Length + _keeper.Length + 20];
        _server.CopyTo(data, 0);
        _keeper.CopyTo(data, _server.Length);
        var numbers = data.AsSpan(_server.Length + _keeper.Length);
        foreach (var (number, index) in new uint[] { _table.Version, 7200, 1800, 86400, ZoneName.TimeToLiveSeconds }.Select(static (number, index) => (number, index)))
        {
            BinaryPrimitives.WriteUInt32BigEndian(numbers[(4 * index)..], number);
        }

        return new DnsRecord(DnsQuestion.TypeSoa, ZoneName.TimeToLiveSeconds, data, owner);
    }
}
