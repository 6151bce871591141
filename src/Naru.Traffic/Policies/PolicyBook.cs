using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Core.Policies;
using Naru.Linux.Netlink;
using Naru.Linux.Nftables;

namespace Naru.Traffic.Policies;

/// <summary>The table of policies in the host's nftables. It knows what is in it, sends only differences, and writes all of it anew where it does not know.</summary>
internal sealed partial class PolicyBook(HostSide host, string instanceId, ILogger<PolicyBook> logger) : INetworkPolicies, IDisposable
{
    private readonly Lock _gate = new();
    private bool _isClosed;
    private PolicyTable? _current;
    private NftablesContext? _context;

    internal string Table { get; } = $"naru_{instanceId}_policies";

    public async Task ApplyAsync(TrafficPolicies picture, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var wanted = PolicyRules.Write(picture);
        try
        {
            await Task.Run(() => Write(wanted, picture), cancellationToken);
        }
        catch (IOException failure)
        {
            throw new NaruException(ErrorKind.Internal, $"the rules of network policies cannot be written: {failure.Message}", failure);
        }
    }

    /// <summary>Writes all of it anew if somebody flushed it.</summary>
    internal void Restore()
    {
        lock (_gate)
        {
            if (!_isClosed && _current is { IsEmpty: false } current && !IsPresent())
            {
                Run(current.Whole(Table));
            }
        }
    }

    /// <summary>Takes it off the host.</summary>
    internal void Remove()
    {
        lock (_gate)
        {
            var nothing = new PolicyTable { IsEmpty = true };
            Run(nothing.Whole(Table));
            _current = nothing;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            _context?.Dispose();
        }
    }

    private void Write(PolicyTable wanted, TrafficPolicies picture)
    {
        lock (_gate)
        {
            if (WriteLocked(wanted) && !wanted.IsEmpty)
            {
                EndForbidden(picture);
            }
        }
    }

    // The kernel lets replies pass by what it remembers: what is forbidden now is forgotten, and what comes of it is judged as if it were new.
    private void EndForbidden(TrafficPolicies picture)
    {
        try
        {
            var judge = new PolicyJudge(picture);
            var ended = host.Run(() =>
            {
                using var routes = RouteSocket.Open();
                var own = routes.ListAddresses().Select(static one => one.Address).ToHashSet();
                return ConnectionTracking.Forget(flow => !own.Contains(flow.OriginalSource) && !judge.Allows(flow.OriginalSource, flow.ReplySource, flow.Protocol, flow.ReplySourcePort));
            });
            if (ended > 0)
            {
                LogEnded(ended);
            }
        }
        catch (IOException failure)
        {
            LogNotEnded(failure.Message);
        }
    }

    /// <summary>True if something changed.</summary>
    private bool WriteLocked(PolicyTable wanted)
    {
        var commands = _current is { } current ? wanted.Since(current, Table) : wanted.Whole(Table);
        if (commands.Length > 0)
        {
            try
            {
                Run(commands);
            }
            catch (NftablesException refusal) when (_current is not null)
            {
                // Somebody flushed the table, or it is not what was thought.
                LogRewriting(refusal.Explanation);
                Run(wanted.Whole(Table));
            }
        }

        _current = wanted;
        return commands.Length > 0;
    }

    private bool IsPresent()
    {
        try
        {
            Run($"list chain inet {Table} arriving");
            return true;
        }
        catch (NftablesException)
        {
            return false;
        }
    }

    private void Run(string commands) => (_context ??= host.Run(NftablesContext.Open)).Run(commands);

    [LoggerMessage(4081, LogLevel.Information, "Connections that policies forbid now were ended: {Count}")]
    private partial void LogEnded(int count);

    [LoggerMessage(4082, LogLevel.Warning, "Connections that policies forbid now could not be ended: {Problem}")]
    private partial void LogNotEnded(string problem);

    [LoggerMessage(4080, LogLevel.Information, "nftables refused a change of policies ({Explanation}); all of them are written anew")]
    private partial void LogRewriting(string explanation);
}
