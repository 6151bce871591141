using System.Net;
using Naru.Core.Networks;

namespace Naru.Traffic.Names;

/// <summary>
/// Answers what containers ask: names of their networks from the table, of their cluster from its zone, all else from the host's name servers or those of the name's domain.
/// </summary>
internal sealed class NameService(NameTable table, Forwarder forwarder, HostResolvers resolvers, NameRoutes routes, TimeProvider clock)
{
    /// <summary>Containers come and go: their names are not to be kept long.</summary>
    private const uint TimeToLiveSeconds = 10;

    // Less than resolvers wait before they try another server.
    private static readonly TimeSpan ForTheZone = TimeSpan.FromSeconds(4);

    /// <summary>The answer's bytes; null when nothing may be answered.</summary>
    internal async Task<byte[]?> AnswerAsync(NameScope scope, ReadOnlyMemory<byte> message, bool overUdp, CancellationToken cancellationToken)
    {
        if (scope.Cluster is { Opened.IsCompleted: false } waiting && Name(message.Span) is { } early && waiting.Owns(early))
        {
            // A name must not be denied only because it is not known yet.
            await Task.WhenAny(waiting.Opened, Task.Delay(ForTheZone, clock, cancellationToken));
        }

        if (TryAnswer(scope, message.Span, overUdp, out var answer))
        {
            return answer;
        }

        if (!scope.CanForward)
        {
            return Fail(message.Span, DnsAnswer.NoSuchName, overUdp);
        }

        if (scope.Cluster is { Opened.IsCompleted: true } zone && Alias(zone, message.Span, overUdp) is { Outside: { } outside } led)
        {
            return await FollowAsync(scope, led.Chain, outside, message, overUdp, cancellationToken);
        }

        return Name(message.Span) is { } name && !(scope.Cluster?.Owns(name) ?? false) && await forwarder.ForwardAsync(Servers(scope, name), message, overUdp, cancellationToken) is { } forwarded
            ? forwarded
            : Fail(message.Span, DnsAnswer.ServerFailure, overUdp);
    }

    /// <summary>Answers at once what needs nobody else. False: <see cref="AnswerAsync"/> is to be asked.</summary>
    internal bool TryAnswer(NameScope scope, ReadOnlySpan<byte> message, bool overUdp, out byte[]? answer)
    {
        if (!DnsQuestion.TryRead(message, out var question))
        {
            answer = DnsAnswer.WriteUnreadable(message);
            return true;
        }

        if (!question.IsStandardQuery)
        {
            answer = DnsAnswer.Write(question, DnsAnswer.NotImplemented, [], 0, overUdp, isAuthoritative: false);
            return true;
        }

        if (question.EdnsVersion > 0)
        {
            answer = new DnsWriter(stackalloc byte[DnsWriter.LongestDatagram], question, overUdp).Finish(0, isAuthoritative: false, extendedCode: 1);
            return true;
        }

        answer = null;
        if (question.Class != DnsQuestion.ClassInternet)
        {
            return false;
        }

        if (scope.Cluster is { } zone)
        {
            // What containers of the engine are called in the network of the pods is no name of the cluster.
            answer = zone.Owns(question.Name) && zone.Opened.IsCompleted ? zone.Answer(question, overUdp).Bytes : null;
            return answer is not null;
        }

        return AnswerFromTable(scope, question, overUdp, out answer);
    }

    private bool AnswerFromTable(NameScope scope, in DnsQuestion question, bool overUdp, out byte[]? answer)
    {
        answer = null;
        if (question.Type == DnsQuestion.TypePtr)
        {
            answer = DnsAnswer.ReverseAddress(question.Name) is { } address && FindName(scope, address) is { } name
                ? DnsAnswer.Write(question, DnsAnswer.NoError, [DnsAnswer.Name(name)], TimeToLiveSeconds, overUdp, isAuthoritative: true)
                : null;
            return answer is not null;
        }

        // A name that is ours is answered here whatever the type: another server must not say that it does not exist.
        var bearers = Find(scope, question.Name);
        if (bearers.Count == 0)
        {
            return false;
        }

        var data = (question.Type switch
        {
            DnsQuestion.TypeA => bearers.Select(static endpoint => endpoint.IPv4Address),
            DnsQuestion.TypeAaaa => bearers.Select(static endpoint => endpoint.IPv6Address),
            _ => [],
        }).Where(static text => text.Length > 0).Select(static text => IPAddress.Parse(text).GetAddressBytes()).ToArray();
        Random.Shared.Shuffle(data);
        answer = DnsAnswer.Write(question, DnsAnswer.NoError, data, TimeToLiveSeconds, overUdp, isAuthoritative: true);
        return true;
    }

    // A resolver follows no aliases: what an alias leads to is in the same answer.
    private async Task<byte[]?> FollowAsync(NameScope scope, IReadOnlyList<DnsRecord> chain, string outside, ReadOnlyMemory<byte> message, bool overUdp, CancellationToken cancellationToken)
    {
        DnsQuestion.TryRead(message.Span, out var asked);
        if (asked.Type is not (DnsQuestion.TypeA or DnsQuestion.TypeAaaa))
        {
            return Compose(message.Span, chain, [], DnsAnswer.NoError, overUdp);
        }

        var further = DnsQuestion.Write(outside, asked.Type);
        var found = await forwarder.ForwardAsync(Servers(scope, outside), further, overUdp: true, cancellationToken);
        if (found is not null && (found[2] & 0x02) != 0)
        {
            found = await forwarder.ForwardAsync(Servers(scope, outside), further, overUdp: false, cancellationToken);
        }

        return found is null
            ? Compose(message.Span, chain, [], DnsAnswer.ServerFailure, overUdp)
            : Compose(message.Span, chain, DnsAnswer.ReadAddresses(found), (byte)(found[3] & 0x0f), overUdp);
    }

    private static byte[] Compose(ReadOnlySpan<byte> message, IReadOnlyList<DnsRecord> chain, List<DnsRecord> further, byte code, bool overUdp)
    {
        DnsQuestion.TryRead(message, out var question);
        var writer = new DnsWriter(overUdp ? stackalloc byte[DnsWriter.LongestDatagram] : new byte[ushort.MaxValue], question, overUdp);
        foreach (var record in chain)
        {
            writer.Answer(record);
        }

        foreach (var record in further)
        {
            writer.Answer(record);
        }

        return writer.Finish(code, isAuthoritative: true);
    }

    private static byte[] Fail(ReadOnlySpan<byte> message, byte code, bool overUdp)
    {
        DnsQuestion.TryRead(message, out var question);
        return DnsAnswer.Write(question, code, [], 0, overUdp, isAuthoritative: false);
    }

    private static Cluster.ZoneAnswer? Alias(Cluster.ClusterZone zone, ReadOnlySpan<byte> message, bool overUdp) =>
        DnsQuestion.TryRead(message, out var question) && question.Class == DnsQuestion.ClassInternet && zone.Owns(question.Name) ? zone.Answer(question, overUdp) : null;

    private static string? Name(ReadOnlySpan<byte> message) => DnsQuestion.TryRead(message, out var question) ? question.Name : null;

    private IReadOnlyList<IPEndPoint> Servers(NameScope scope, string name) => scope.Servers ?? routes.Find(name) ?? resolvers.Current;

    // The first network that knows the name answers; NAME.NETWORK names one of them.
    private IReadOnlyList<Endpoint> Find(NameScope scope, string name)
    {
        foreach (var (alias, networkId, target) in scope.Links)
        {
            if (string.Equals(alias, name, StringComparison.OrdinalIgnoreCase) && table.Find(networkId, target.ToLowerInvariant()) is { Count: > 0 } linked)
            {
                return linked;
            }
        }

        foreach (var (id, networkName) in scope.Networks)
        {
            if (table.Find(id, name) is { Count: > 0 } found)
            {
                return found;
            }

            if (name.Length > networkName.Length + 1 && name.EndsWith("." + networkName, StringComparison.OrdinalIgnoreCase)
                && table.Find(id, name[..^(networkName.Length + 1)]) is { Count: > 0 } qualified)
            {
                return qualified;
            }
        }

        return [];
    }

    private string? FindName(NameScope scope, IPAddress address)
    {
        foreach (var (id, networkName) in scope.Networks)
        {
            if (table.Find(id, address) is { } endpoint)
            {
                return $"{endpoint.ContainerName}.{networkName}";
            }
        }

        return null;
    }
}
