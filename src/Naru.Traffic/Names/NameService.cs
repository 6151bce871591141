using System.Net;
using Naru.Core.Networks;

namespace Naru.Traffic.Names;

/// <summary>Answers what containers ask: names of their networks from the table, all else from the host's name servers.</summary>
internal sealed class NameService(NameTable table, Forwarder forwarder, HostResolvers resolvers)
{
    /// <summary>Containers come and go: their names are not to be kept long.</summary>
    private const uint TimeToLiveSeconds = 10;

    /// <summary>The answer's bytes; null when nothing may be answered.</summary>
    internal async Task<byte[]?> AnswerAsync(NameScope scope, ReadOnlyMemory<byte> message, bool overUdp, CancellationToken cancellationToken)
    {
        if (AnswerLocally(scope, message.Span, overUdp, out var answer))
        {
            return answer;
        }

        if (scope.CanForward && await forwarder.ForwardAsync(scope.Servers ?? resolvers.Current, message, overUdp, cancellationToken) is { } forwarded)
        {
            return forwarded;
        }

        DnsQuestion.TryRead(message.Span, out var question);
        return DnsAnswer.Write(question, scope.CanForward ? DnsAnswer.ServerFailure : DnsAnswer.NoSuchName, [], 0, overUdp, isAuthoritative: false);
    }

    private bool AnswerLocally(NameScope scope, ReadOnlySpan<byte> message, bool overUdp, out byte[]? answer)
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

        answer = null;
        if (question.Class != DnsQuestion.ClassInternet)
        {
            return false;
        }

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
