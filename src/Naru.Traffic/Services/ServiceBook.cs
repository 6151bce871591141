using System.Text;
using Microsoft.Extensions.Logging;
using Naru.Linux.Nftables;
using Naru.Traffic.Rules;

namespace Naru.Traffic.Services;

/// <summary>
/// This instance's table of services in nftables. Sends only differences; writes all of it (in one transaction, so that no packet sees a half) when naru starts and when
/// somebody else changed it. What packets left there (who went where) stays as long as the table has the same shape. One caller at a time.
/// </summary>
internal sealed partial class ServiceBook(HostSide host, RuleBook networks, string instanceId, ILogger<ServiceBook> logger) : IDisposable
{
    private readonly HashSet<string> _chains = new(StringComparer.Ordinal);
    private NftablesContext? _context;
    private bool _isWritten;

    internal string Table { get; } = $"naru_{instanceId}_services";

    /// <summary>Carries out a change, or writes everything if nothing was written yet.</summary>
    /// <param name="gone">Elements to take out.</param>
    /// <param name="made">Elements to put in.</param>
    /// <param name="chains">Chains that elements lead to.</param>
    /// <param name="all">Everything that is to be there, chains included, for writing it anew.</param>
    internal void Apply(IReadOnlyCollection<ServiceElement> gone, IReadOnlyCollection<ServiceElement> made, IEnumerable<ServiceChain> chains, Func<(IEnumerable<ServiceElement> Elements, IEnumerable<ServiceChain> Chains)> all)
    {
        if (_isWritten)
        {
            var text = new StringBuilder();
            AddChains(text, chains.Where(chain => !_chains.Contains(chain.Name)).ToList(), isFresh: true);
            AddElements(text, "delete", gone);
            AddElements(text, "add", made);
            if (text.Length == 0)
            {
                return;
            }

            try
            {
                Run(text.ToString());
                _chains.UnionWith(chains.Select(static chain => chain.Name));
                return;
            }
            catch (NftablesException refusal)
            {
                LogRewriting(refusal.Explanation);
            }
        }

        var (elements, everyChain) = all();
        Rewrite(elements, [.. everyChain.Distinct()]);
    }

    /// <summary>Elements that packets put into a map, as JSON; empty if there is no table.</summary>
    internal string ListMap(string name)
    {
        try
        {
            return (_context ??= host.Run(NftablesContext.Open)).RunJson($"list map inet {Table} {name}");
        }
        catch (NftablesException)
        {
            return "";
        }
    }

    /// <summary>Takes elements out that may be gone by themselves.</summary>
    internal void Forget(IReadOnlyCollection<ServiceElement> elements)
    {
        var text = new StringBuilder();
        AddElements(text, "add", elements);
        AddElements(text, "delete", elements);
        try
        {
            Run(text.ToString());
        }
        catch (NftablesException refusal)
        {
            LogNotForgotten(refusal.Explanation);
        }
    }

    /// <summary>Networks came or went.</summary>
    internal void ChangeBridges(IReadOnlyCollection<string> gone, IReadOnlyCollection<string> made)
    {
        if (!_isWritten)
        {
            return;
        }

        var text = new StringBuilder();
        AddElements(text, "add", gone.Concat(made).Select(static bridge => new ServiceElement(ServiceSets.Bridges, bridge, null)));
        AddElements(text, "delete", gone.Select(static bridge => new ServiceElement(ServiceSets.Bridges, bridge, null)));
        try
        {
            Run(text.ToString());
        }
        catch (NftablesException refusal)
        {
            // Somebody flushed the table: the next change of services writes all of it.
            LogRewriting(refusal.Explanation);
            _isWritten = false;
        }
    }

    /// <summary>Takes the table off the host.</summary>
    internal void Remove()
    {
        Run($"add table inet {Table}\ndelete table inet {Table}\n");
        _isWritten = false;
        _chains.Clear();
    }

    public void Dispose() => _context?.Dispose();

    private void Rewrite(IEnumerable<ServiceElement> elements, List<ServiceChain> chains)
    {
        var text = new StringBuilder();
        if (IsSameShape())
        {
            foreach (var (name, declaration) in ServiceSets.All.Where(static set => !set.Name.StartsWith(ServiceSets.Affinity, StringComparison.Ordinal)))
            {
                text.Append("flush ").Append(declaration.StartsWith("map", StringComparison.Ordinal) ? "map" : "set").Append(" inet ").Append(Table).Append(' ').Append(name).Append('\n');
            }

            AddChains(text, chains, isFresh: false);
        }
        else
        {
            text.Append("add table inet ").Append(Table).Append("\ndelete table inet ").Append(Table).Append("\ntable inet ").Append(Table).Append(" {\n");
            foreach (var (_, declaration) in ServiceSets.All)
            {
                text.Append(declaration).Append('\n');
            }

            text.Append(ServiceSets.Chains).Append("chain version_").Append(ServiceSets.Version).Append(" {\n}\n}\n");
            AddChains(text, chains, isFresh: true);
        }

        AddElements(text, "add", networks.Bridges.Select(static bridge => new ServiceElement(ServiceSets.Bridges, bridge, null)));
        AddElements(text, "add", elements);
        Run(text.ToString());
        _chains.Clear();
        _chains.UnionWith(chains.Select(static chain => chain.Name));
        _isWritten = true;
    }

    private bool IsSameShape()
    {
        try
        {
            Run($"list chain inet {Table} version_{ServiceSets.Version}\n");
            return true;
        }
        catch (NftablesException)
        {
            return false;
        }
    }

    private void AddChains(StringBuilder text, List<ServiceChain> chains, bool isFresh)
    {
        foreach (var chain in chains)
        {
            text.Append("add chain inet ").Append(Table).Append(' ').Append(chain.Name).Append('\n');
            if (!isFresh)
            {
                text.Append("flush chain inet ").Append(Table).Append(' ').Append(chain.Name).Append('\n');
            }

            foreach (var rule in chain.Rules.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                text.Append("add rule inet ").Append(Table).Append(' ').Append(chain.Name).Append(' ').Append(rule).Append('\n');
            }
        }
    }

    private void AddElements(StringBuilder text, string verb, IEnumerable<ServiceElement> elements)
    {
        foreach (var set in elements.GroupBy(static element => element.Set))
        {
            text.Append(verb).Append(" element inet ").Append(Table).Append(' ').Append(set.Key).Append(" { ");
            var isFirst = true;
            foreach (var element in set)
            {
                text.Append(isFirst ? "" : ", ").Append(element.Key);
                if (element.Value is { } value)
                {
                    text.Append(" : ").Append(value);
                }

                isFirst = false;
            }

            text.Append(" }\n");
        }
    }

    private void Run(string commands) => (_context ??= host.Run(NftablesContext.Open)).Run(commands);

    [LoggerMessage(4070, LogLevel.Information, "nftables refused a change of services ({Explanation}); the whole table is written anew")]
    private partial void LogRewriting(string explanation);

    [LoggerMessage(4071, LogLevel.Information, "Clients of an endpoint that left are led there until their affinity ends: {Explanation}")]
    private partial void LogNotForgotten(string explanation);
}
