using System.Text;
using Microsoft.Extensions.Logging;
using Naru.Linux.Nftables;

namespace Naru.Traffic.Rules;

/// <summary>
/// This instance's table in nftables. It knows what the table must hold, sends only differences, and writes the whole table anew (in one
/// transaction, so that no packet sees a half) when it starts or when somebody flushed it. Changes that wait while a transaction
/// runs go together in the next one. May be called from any thread.
/// </summary>
internal sealed partial class RuleBook(HostSide host, string instanceId, ILogger<RuleBook> logger) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Dictionary<string, string?>> _wanted = RuleSet.All.ToDictionary(static set => set.Name, static _ => new Dictionary<string, string?>(StringComparer.Ordinal), StringComparer.Ordinal);
    private List<(string Commands, TaskCompletionSource Done)> _waiting = [];
    private NftablesContext? _context;
    private bool _isWriting;

    internal string Table { get; } = $"naru_{instanceId}";

    /// <summary>Bridges that are no more and new ones, after they were noted. Called by whoever made the change.</summary>
    internal event Action<IReadOnlyCollection<string>, IReadOnlyCollection<string>>? BridgesChanged;

    /// <summary>Names of the bridges, as nftables writes them.</summary>
    internal IReadOnlyList<string> Bridges
    {
        get
        {
            lock (_lock)
            {
                return [.. _wanted[RuleSet.Bridges].Keys];
            }
        }
    }

    /// <summary>Carries out a change; when the task ends packets obey it. An element put in twice or taken out twice is no error.</summary>
    internal async Task ApplyAsync(RuleChange change)
    {
        Task done;
        lock (_lock)
        {
            var commands = Note(change);
            done = commands.Length == 0 ? Task.CompletedTask : Enqueue(commands);
        }

        Announce(change);
        try
        {
            await done;
        }
        catch
        {
            // What the kernel does not take must not stand in the way of the next change.
            lock (_lock)
            {
                Note(new RuleChange().Undo(change));
            }

            throw;
        }
    }

    /// <summary>Notes elements without writing, before <see cref="RewriteAsync"/>.</summary>
    internal void Expect(RuleChange change)
    {
        lock (_lock)
        {
            Note(change);
        }

        Announce(change);
    }

    /// <summary>Writes the whole table anew.</summary>
    internal Task RewriteAsync()
    {
        lock (_lock)
        {
            return Enqueue(string.Empty);
        }
    }

    /// <summary>As <see cref="RewriteAsync"/>, on the calling thread.</summary>
    internal void RewriteNow()
    {
        lock (_lock)
        {
            var all = Render();
            (_context ??= host.Run(NftablesContext.Open)).Run(all);
        }
    }

    /// <summary>True while the kernel has the table.</summary>
    internal bool IsPresent() => Use(context =>
    {
        try
        {
            context.Run($"list chain inet {Table} published");
            return true;
        }
        catch (NftablesException)
        {
            return false;
        }
    });

    /// <summary>Runs something in the host's nftables, in turn with the rest.</summary>
    internal T Use<T>(Func<NftablesContext, T> work)
    {
        NftablesContext context;
        lock (_lock)
        {
            context = _context ??= host.Run(NftablesContext.Open);
        }

        return work(context);
    }

    /// <summary>Takes the table off the host; <see cref="RewriteAsync"/> brings it back.</summary>
    internal void Remove() => Use(context => context.Run($"add table inet {Table}\ndelete table inet {Table}"));

    public void Dispose() => _context?.Dispose();

    private void Announce(RuleChange change)
    {
        if (BridgesChanged is { } changed && (change.Added.Any(static one => one.Set == RuleSet.Bridges) || change.Removed.Any(static one => one.Set == RuleSet.Bridges)))
        {
            changed(
                [.. change.Removed.Where(static one => one.Set == RuleSet.Bridges).Select(static one => one.Key)],
                [.. change.Added.Where(static one => one.Set == RuleSet.Bridges).Select(static one => one.Key)]);
        }
    }

    private string Note(RuleChange change)
    {
        var text = new StringBuilder();
        foreach (var (set, key) in change.Removed)
        {
            if (_wanted[set].Remove(key, out var value))
            {
                text.Append("delete element inet ").Append(Table).Append(' ').Append(set).Append(" { ").Append(key).Append(value is null ? "" : " : ").Append(value).Append(" }\n");
            }
        }

        foreach (var (set, key, value) in change.Added)
        {
            if (_wanted[set].TryAdd(key, value))
            {
                text.Append("add element inet ").Append(Table).Append(' ').Append(set).Append(" { ").Append(key).Append(value is null ? "" : " : ").Append(value).Append(" }\n");
            }
        }

        return text.ToString();
    }

    private Task Enqueue(string commands)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Add((commands, done));
        if (!_isWriting)
        {
            _isWriting = true;
            ThreadPool.UnsafeQueueUserWorkItem(static book => book.WriteWaiting(), this, preferLocal: false);
        }

        return done.Task;
    }

    private void WriteWaiting()
    {
        while (true)
        {
            List<(string Commands, TaskCompletionSource Done)> group;
            string? whole = null;
            lock (_lock)
            {
                group = _waiting;
                _waiting = [];
                if (group.Count == 0)
                {
                    _isWriting = false;
                    return;
                }

                if (group.Any(static item => item.Commands.Length == 0))
                {
                    whole = Render();
                }
            }

            WriteGroup(group, whole ?? string.Concat(group.Select(static item => item.Commands)), isWhole: whole is not null);
        }
    }

    private void WriteGroup(List<(string Commands, TaskCompletionSource Done)> group, string commands, bool isWhole)
    {
        Exception? failure = null;
        try
        {
            try
            {
                Use(context => context.Run(commands));
            }
            catch (NftablesException refusal) when (!isWhole)
            {
                // Somebody flushed the table, or an element is not what was thought: what is wanted is known, so write all of it.
                LogRewriting(refusal.Explanation);
                string all;
                lock (_lock)
                {
                    all = Render();
                }

                Use(context => context.Run(all));
            }
        }
        catch (Exception caught) when (caught is IOException or DllNotFoundException)
        {
            failure = caught;
        }

        foreach (var (_, done) in group)
        {
            if (failure is null)
            {
                done.SetResult();
            }
            else
            {
                done.SetException(failure);
            }
        }
    }

    private string Render()
    {
        var text = new StringBuilder().Append("add table inet ").Append(Table).Append("\ndelete table inet ").Append(Table).Append("\ntable inet ").Append(Table).Append(" {\n");
        foreach (var (name, declaration) in RuleSet.All)
        {
            var elements = _wanted[name];
            text.Append(elements.Count == 0 ? declaration : declaration[..declaration.LastIndexOf('}')]);
            if (elements.Count > 0)
            {
                text.Append("elements = { ").AppendJoin(", ", elements.Select(static element => element.Value is null ? element.Key : $"{element.Key} : {element.Value}")).Append(" }; }");
            }

            text.Append('\n');
        }

        return text.Append(RuleSet.Chains).Append("\n}\n").ToString();
    }

    [LoggerMessage(4000, LogLevel.Information, "nftables refused a change ({Explanation}); the whole table is written anew")]
    private partial void LogRewriting(string explanation);
}
