using System.Collections.Immutable;
using Naru.Linux.Nftables;

namespace Naru.Traffic.Firewall;

/// <summary>What a foreign rule does, as far as a copy must know.</summary>
internal static class RuleReading
{
    /// <summary>Its expressions: name and data.</summary>
    internal static IEnumerable<(string Name, ImmutableArray<NetfilterAttribute> Data)> Expressions(NetfilterItem rule)
    {
        foreach (var element in rule.Nest(NetfilterProtocol.RuleExpressions))
        {
            var attributes = NetfilterAttribute.Parse(element.Value.AsSpan());
            var item = new NetfilterItem(rule.Family, attributes);
            yield return (item.Text(NetfilterProtocol.ExpressionName), item.Nest(NetfilterProtocol.ExpressionData));
        }
    }

    /// <summary>The chains that it, or the elements of a set, lead to.</summary>
    internal static IEnumerable<string> Targets(NetfilterItem rule)
    {
        foreach (var (name, data) in Expressions(rule))
        {
            if (name == "immediate" && VerdictOf(new NetfilterItem(rule.Family, data).Nest(2)) is { Chain.Length: > 0 } verdict)
            {
                yield return verdict.Chain;
            }
        }
    }

    internal static IEnumerable<string> ElementTargets(NetfilterItem elements)
    {
        foreach (var element in elements.Nest(NetfilterProtocol.ElementsList))
        {
            var item = new NetfilterItem(elements.Family, NetfilterAttribute.Parse(element.Value.AsSpan()));
            if (VerdictOf(item.Nest(NetfilterProtocol.ElementData)) is { Chain.Length: > 0 } verdict)
            {
                yield return verdict.Chain;
            }
        }
    }

    /// <summary>Sets that it looks into.</summary>
    internal static IEnumerable<string> Lookups(NetfilterItem rule) =>
        Expressions(rule).Where(static expression => expression.Name == "lookup").Select(expression => new NetfilterItem(rule.Family, expression.Data).Text(1));

    /// <summary>It ends a packet: drop, reject, or an iptables target that does so.</summary>
    internal static bool Drops(NetfilterItem rule) => Expressions(rule).Any(expression => expression.Name switch
    {
        "reject" => true,
        "immediate" => VerdictOf(new NetfilterItem(rule.Family, expression.Data).Nest(2)) is { Code: NetfilterProtocol.VerdictDrop, HasCode: true },
        "target" => new NetfilterItem(rule.Family, expression.Data).Text(1) is "REJECT" or "DROP",
        _ => false,
    });

    internal static bool Accepts(NetfilterItem rule) => Expressions(rule).Any(expression =>
        expression.Name == "immediate" && VerdictOf(new NetfilterItem(rule.Family, expression.Data).Nest(2)) is { Code: NetfilterProtocol.VerdictAccept, HasCode: true });

    /// <summary>It has matches or targets of iptables.</summary>
    internal static bool UsesIptables(NetfilterItem rule) => Expressions(rule).Any(static expression => expression.Name is "match" or "target");

    /// <summary>The transport protocol that it compares with; 0 if none.</summary>
    internal static uint Protocol(NetfilterItem rule)
    {
        const uint TransportProtocol = 16, NetworkHeader = 1, ProtocolOffset = 9;
        var loaded = false;
        foreach (var (name, data) in Expressions(rule))
        {
            var item = new NetfilterItem(rule.Family, data);
            if (loaded && name == "cmp" && new NetfilterItem(rule.Family, item.Nest(3)).Value(NetfilterProtocol.DataValue) is { Length: >= 1 } value)
            {
                return value[0];
            }

            loaded = (name == "meta" && item.Number(2) == TransportProtocol) || (name == "payload" && item.Number(2) == NetworkHeader && item.Number(3) == ProtocolOffset);
        }

        return 0;
    }

    /// <summary>It looks at the port that a packet goes to.</summary>
    internal static bool MatchesDestinationPort(NetfilterItem rule) => Expressions(rule).Any(expression =>
    {
        var data = new NetfilterItem(rule.Family, expression.Data);
        return expression.Name switch
        {
            // Bytes 2 and 3 of the transport header, perhaps together with the source port.
            "payload" => data.Number(2) == NetfilterExpression.TransportHeader && data.Number(3) <= 2 && data.Number(3) + data.Number(4) >= 4,
            "match" => data.Text(1) is "tcp" or "udp" or "multiport",
            _ => false,
        };
    });

    /// <summary>The rule with REJECT and reject as a plain drop: a copy stands where these are not allowed on older kernels.</summary>
    internal static NetfilterItem WithPlainDrop(NetfilterItem rule)
    {
        var expressions = ImmutableArray.CreateBuilder<ImmutableArray<NetfilterAttribute>>();
        foreach (var element in rule.Nest(NetfilterProtocol.RuleExpressions))
        {
            var item = new NetfilterItem(rule.Family, NetfilterAttribute.Parse(element.Value.AsSpan()));
            var isReject = item.Text(NetfilterProtocol.ExpressionName) == "reject"
                || (item.Text(NetfilterProtocol.ExpressionName) == "target" && new NetfilterItem(rule.Family, item.Nest(NetfilterProtocol.ExpressionData)).Text(1) == "REJECT");
            expressions.Add(isReject ? NetfilterExpression.Verdict(NetfilterProtocol.VerdictDrop) : [element]);
        }

        return rule.With(NetfilterExpression.Rule(expressions.ToArray()));
    }

    private static (bool HasCode, uint Code, string Chain) VerdictOf(ImmutableArray<NetfilterAttribute> data)
    {
        foreach (var attribute in data)
        {
            if (attribute.Type == NetfilterProtocol.DataVerdict)
            {
                var verdict = new NetfilterItem(0, NetfilterAttribute.Parse(attribute.Value.AsSpan()));
                return (verdict.Has(NetfilterProtocol.VerdictCode), verdict.Number(NetfilterProtocol.VerdictCode), verdict.Text(NetfilterProtocol.VerdictChain));
            }
        }

        return (false, 0, string.Empty);
    }
}
