using System.Collections.Immutable;
using Naru.Linux.Nftables;
using Naru.Traffic.Rules;
using static Naru.Linux.Nftables.NetfilterAttribute;

namespace Naru.Traffic.Firewall;

/// <summary>
/// Works out the tables that ask the host's own firewall about published ports. Pure. Each table of the host with filter chains in input or forward
/// gets a copy that runs in prerouting, before the destination is translated, for packets that carry the guard mark:
/// input chains whole, with their policy (that is what a program of the host on this port would meet); of forward chains the rules that drop by
/// destination port, and the accepts before them (the chain itself still sees the translated packet later).
/// Sets, objects and rules are taken byte for byte under their own names, so that what refers to them holds.
/// </summary>
internal sealed class FirewallCopy(string instanceId)
{
    private const string AnyNaru = "naru_";
    private static readonly ushort[] ChainLeftOut = [NetfilterProtocol.ChainHook, NetfilterProtocol.ChainPolicy, NetfilterProtocol.ChainType, NetfilterProtocol.ChainFlags, 2, 6, 8, 9, 11];

    internal string Prefix => $"{AnyNaru}{instanceId}_fw";

    /// <summary>Tables whose firewall is to be asked.</summary>
    internal static IReadOnlySet<(byte Family, string Table)> Wanted(FirewallPicture picture) => picture.Chains
        .Where(static chain => HookOf(chain) is NetfilterProtocol.HookInput or NetfilterProtocol.HookForward)
        .Where(static chain => chain.Family is NetfilterProtocol.FamilyInet or NetfilterProtocol.FamilyIPv4 or NetfilterProtocol.FamilyIPv6)
        .Where(static chain => !chain.Text(NetfilterProtocol.ChainTable).StartsWith(AnyNaru, StringComparison.Ordinal))
        .Select(static chain => (chain.Family, chain.Text(NetfilterProtocol.ChainTable))).ToHashSet();

    /// <summary>All that must be in the kernel, in order: kind, item, and whether it is a rule of the host that may be left out if the kernel refuses it.</summary>
    internal List<(NetfilterKind Kind, NetfilterItem Item, NetfilterItem? Origin)> Plan(FirewallPicture picture)
    {
        var plan = new List<(NetfilterKind Kind, NetfilterItem Item, NetfilterItem? Origin)>();
        var number = 0;
        foreach (var (family, table) in Wanted(picture).OrderBy(static item => item.Family).ThenBy(static item => item.Table, StringComparer.Ordinal))
        {
            PlanTable(plan, picture, family, table, $"{Prefix}{number++}");
        }

        return plan;
    }

    private static void PlanTable(List<(NetfilterKind Kind, NetfilterItem Item, NetfilterItem? Origin)> plan, FirewallPicture picture, byte family, string table, string copy)
    {
        var chains = picture.Chains.Where(chain => chain.Family == family && chain.Text(NetfilterProtocol.ChainTable) == table).ToList();
        var rules = picture.Rules.Where(rule => rule.Family == family && rule.Text(NetfilterProtocol.RuleTable) == table).ToLookup(static rule => rule.Text(NetfilterProtocol.RuleChain), StringComparer.Ordinal);
        var elements = picture.Elements.Where(item => item.Key.Family == family && item.Key.Table == table).ToDictionary(static item => item.Key.Set, static item => item.Value, StringComparer.Ordinal);
        var bases = chains.Where(static chain => HookOf(chain) is NetfilterProtocol.HookInput or NetfilterProtocol.HookForward).ToList();
        var reached = Reach(bases.Where(static chain => HookOf(chain) == NetfilterProtocol.HookInput).Select(Name), rules, elements);

        plan.Add((NetfilterKind.Table, new NetfilterItem(family, [Text(NetfilterProtocol.TableName, copy)]), null));
        foreach (var item in picture.Objects.Where(item => item.Family == family && item.Text(NetfilterProtocol.ObjectTable) == table))
        {
            plan.Add((NetfilterKind.Object, item.Without(NetfilterProtocol.ObjectUse, NetfilterProtocol.ObjectHandle).With(Text(NetfilterProtocol.ObjectTable, copy)), item));
        }

        // Chains before elements and rules: both may name them.
        foreach (var chain in chains.Where(chain => reached.Contains(Name(chain)) || HookOf(chain) == NetfilterProtocol.HookForward))
        {
            plan.Add((NetfilterKind.Chain, chain.Without(ChainLeftOut).With(Text(NetfilterProtocol.ChainTable, copy)), null));
        }

        PlanSets(plan, picture, family, table, copy, elements, reached);
        foreach (var chain in chains.Where(chain => reached.Contains(Name(chain))))
        {
            plan.AddRange(rules[Name(chain)].Select(rule => (NetfilterKind.Rule, Retarget(rule, copy), (NetfilterItem?)rule)));
        }

        foreach (var chain in bases.Where(static chain => HookOf(chain) == NetfilterProtocol.HookForward))
        {
            plan.AddRange(rules[Name(chain)].Where(static rule => RuleReading.Accepts(rule) || (RuleReading.Drops(rule) && RuleReading.MatchesDestinationPort(rule))).Select(rule => (NetfilterKind.Rule, Retarget(rule, copy), (NetfilterItem?)rule)));
        }

        foreach (var chain in bases)
        {
            PlanAsking(plan, family, copy, chain);
        }
    }

    // One chain in prerouting for each base chain, so that an accept in one does not speak for the others.
    private static void PlanAsking(List<(NetfilterKind Kind, NetfilterItem Item, NetfilterItem? Origin)> plan, byte family, string copy, NetfilterItem chain)
    {
        const uint Jump = unchecked((uint)-3);
        var asking = $"naru_ask_{Name(chain)}";
        plan.Add((NetfilterKind.Chain, new NetfilterItem(family,
        [
            Text(NetfilterProtocol.ChainTable, copy),
            Text(NetfilterProtocol.ChainName, asking),
            Nest(NetfilterProtocol.ChainHook, Number(NetfilterProtocol.HookNumber, NetfilterProtocol.HookPrerouting), Number(NetfilterProtocol.HookPriority, unchecked((uint)RuleSet.AskPriority))),
            Text(NetfilterProtocol.ChainType, "filter"),
        ]), null));
        AddRule(NetfilterExpression.Verdict(Jump, Name(chain)));
        if (HookOf(chain) == NetfilterProtocol.HookInput && chain.Has(NetfilterProtocol.ChainPolicy) && chain.Number(NetfilterProtocol.ChainPolicy) == NetfilterProtocol.VerdictDrop)
        {
            AddRule(NetfilterExpression.Verdict(NetfilterProtocol.VerdictDrop));
        }

        void AddRule(ImmutableArray<NetfilterAttribute> verdict) => plan.Add((NetfilterKind.Rule, new NetfilterItem(family,
        [
            Text(NetfilterProtocol.RuleTable, copy),
            Text(NetfilterProtocol.RuleChain, asking),
            NetfilterExpression.Rule(NetfilterExpression.MarkHas(RuleSet.GuardMark), verdict),
        ]), null));
    }

    private static void PlanSets(List<(NetfilterKind Kind, NetfilterItem Item, NetfilterItem? Origin)> plan, FirewallPicture picture, byte family, string table, string copy, Dictionary<string, ImmutableArray<NetfilterItem>> elements, HashSet<string> reached)
    {
        uint id = 1;
        foreach (var set in picture.Sets.Where(set => set.Family == family && set.Text(NetfilterProtocol.SetTable) == table))
        {
            var name = set.Text(NetfilterProtocol.SetName);
            var parts = elements.GetValueOrDefault(name, []);
            if (parts.SelectMany(RuleReading.ElementTargets).Any(target => !reached.Contains(target)))
            {
                continue;
            }

            // A set without a name of its own gets one: it may not be anonymous when no rule of the same batch binds it first.
            var flags = set.Number(NetfilterProtocol.SetFlags) & ~(NetfilterProtocol.SetAnonymous | NetfilterProtocol.SetConstant);
            plan.Add((NetfilterKind.Set, KnownOf(set).With(Text(NetfilterProtocol.SetTable, copy)).With(Number(NetfilterProtocol.SetFlags, flags)).With(Number(NetfilterProtocol.SetId, id++)), set));
            plan.AddRange(parts.Where(static part => part.Has(NetfilterProtocol.ElementsList)).Select(part => (NetfilterKind.SetElements, part.With(Text(NetfilterProtocol.ElementsTable, copy)), (NetfilterItem?)part)));
        }
    }

    // Newer kernels show of a set what they refuse to be told (its back end, its count).
    private static NetfilterItem KnownOf(NetfilterItem set) => set with { Attributes = [.. set.Attributes.Where(static attribute => attribute.Type is not NetfilterProtocol.SetHandle and not NetfilterProtocol.SetPadding and <= NetfilterProtocol.SetExpressions)] };

    private static HashSet<string> Reach(IEnumerable<string> from, ILookup<string, NetfilterItem> rules, Dictionary<string, ImmutableArray<NetfilterItem>> elements)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<string>(from);
        while (open.TryDequeue(out var chain))
        {
            if (!reached.Add(chain))
            {
                continue;
            }

            foreach (var rule in rules[chain])
            {
                var bySets = RuleReading.Lookups(rule).SelectMany(set => elements.GetValueOrDefault(set, [])).SelectMany(RuleReading.ElementTargets);
                foreach (var target in RuleReading.Targets(rule).Concat(bySets))
                {
                    open.Enqueue(target);
                }
            }
        }

        return reached;
    }

    private static NetfilterItem Retarget(NetfilterItem rule, string copy)
    {
        var moved = rule.Without(NetfilterProtocol.RuleHandle, NetfilterProtocol.RulePosition).With(Text(NetfilterProtocol.RuleTable, copy));

        // The kernel wants to be told the protocol that matches of iptables rely on, but does not show what it was told.
        return RuleReading.UsesIptables(rule)
            ? moved.With(Nest(NetfilterProtocol.RuleCompatibility, Number(1, RuleReading.Protocol(rule)), Number(2, 0)))
            : moved;
    }

    private static string Name(NetfilterItem chain) => chain.Text(NetfilterProtocol.ChainName);

    private static uint? HookOf(NetfilterItem chain)
    {
        if (!chain.Has(NetfilterProtocol.ChainHook) || chain.Text(NetfilterProtocol.ChainType) != "filter")
        {
            return null;
        }

        return new NetfilterItem(chain.Family, chain.Nest(NetfilterProtocol.ChainHook)).Number(NetfilterProtocol.HookNumber);
    }
}
