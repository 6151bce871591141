using Microsoft.Extensions.Logging;
using Naru.Linux.Nftables;
using Naru.Traffic.Policies;
using Naru.Traffic.Rules;

namespace Naru.Traffic.Firewall;

/// <summary>
/// Keeps the copies of the host's firewall that published ports obey: made when naru starts, made anew whenever the host's tables change.
/// A rule that the kernel does not take in the copy's place is first tried with its reject as a drop, then left out and reported.
/// </summary>
internal sealed partial class HostFirewall(TrafficOptions options, HostSide host, RuleBook rules, PolicyBook policies, ILogger<HostFirewall> logger) : IDisposable
{
    private const int MostAttempts = 64;
    private static readonly TimeSpan Watch = TimeSpan.FromMilliseconds(250);
    private readonly FirewallCopy _copy = new(options.Directories.InstanceId);
    private readonly CancellationTokenSource _stop = new();
    private Thread? _watcher;

    /// <summary>Rules of the host that could not be taken over, for <c>naru doctor</c>.</summary>
    internal int LeftOut { get; private set; }

    /// <summary>Makes the copies and follows the host's tables from then on.</summary>
    internal void Start()
    {
        var monitor = host.Run(() => NetfilterSocket.OpenMonitor(Watch));
        Refresh();

        // A thread of its own: it blocks in the kernel for as long as nothing changes.
        _watcher = new Thread(() => Follow(monitor)) { IsBackground = true, Name = "firewall" };
        _watcher.Start();
    }

    /// <summary>Follows no longer and takes the copies off the host.</summary>
    internal void Remove()
    {
        StopFollowing();
        Copy(obey: false);
    }

    /// <summary>Makes the copies as the host's tables are now.</summary>
    internal void Refresh() => Copy(options.ObeyHostFirewall);

    public void Dispose()
    {
        StopFollowing();
        _stop.Dispose();
    }

    private void StopFollowing()
    {
        if (_watcher is { } watcher)
        {
            _stop.Cancel();
            watcher.Join();
            _watcher = null;
        }
    }

    private void Copy(bool obey)
    {
        using var socket = host.Run(NetfilterSocket.Open);
        var picture = FirewallPicture.Take(socket, FirewallCopy.Wanted);
        var plan = obey ? _copy.Plan(picture) : [];
        var old = picture.Tables.Where(table => table.Text(NetfilterProtocol.TableName).StartsWith(_copy.Prefix, StringComparison.Ordinal)).ToList();
        var softened = new HashSet<NetfilterItem>(ReferenceEqualityComparer.Instance);
        var leftOut = 0;
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var batch = new NetfilterBatch();
            foreach (var table in old)
            {
                batch.Delete(NetfilterKind.Table, new NetfilterItem(table.Family, [NetfilterAttribute.Text(NetfilterProtocol.TableName, table.Text(NetfilterProtocol.TableName))]));
            }

            foreach (var (kind, item, _) in plan)
            {
                batch.Add(kind, item);
            }

            var refused = socket.Execute(batch);
            if (refused.IsEmpty)
            {
                LeftOut = leftOut;
                return;
            }

            // From the end, so that numbers before keep their meaning.
            var any = false;
            foreach (var (message, errno) in refused.Reverse())
            {
                var index = message - old.Count;
                if (index < 0 || index >= plan.Count || plan[index].Origin is not { } origin)
                {
                    continue;
                }

                any = true;
                if (plan[index].Kind == NetfilterKind.Rule && softened.Add(origin) && RuleReading.Drops(origin))
                {
                    plan[index] = (plan[index].Kind, RuleReading.WithPlainDrop(plan[index].Item), origin);
                    continue;
                }

                LogLeftOut(origin.Text(NetfilterProtocol.RuleTable), plan[index].Kind, errno);
                leftOut++;
                plan.RemoveAt(index);
            }

            if (!any)
            {
                LogRefused(refused.Values.First());
                return;
            }
        }
    }

    private void Follow(NetfilterSocket monitor)
    {
        using (monitor)
        {
            while (!_stop.IsCancellationRequested)
            {
                try
                {
                    var changed = monitor.ReadChanges();
                    if (changed.Any(static table => table is null || !table.StartsWith("naru_", StringComparison.Ordinal)))
                    {
                        Refresh();
                    }

                    if ((changed.Contains(rules.Table) || changed.Contains(null)) && !rules.IsPresent())
                    {
                        LogFlushed();
                        rules.RewriteNow();
                        Refresh();
                    }

                    if (changed.Contains(policies.Table) || changed.Contains(null))
                    {
                        policies.Restore();
                    }
                }
                catch (IOException failure)
                {
                    LogFailed(failure.Message);
                }
            }
        }
    }

    [LoggerMessage(4060, LogLevel.Warning, "Part of the host's firewall (a {Kind} of table {TableName}, error {Errno}) cannot be asked about published ports and is passed over")]
    private partial void LogLeftOut(string tableName, NetfilterKind kind, int errno);

    [LoggerMessage(4061, LogLevel.Error, "The kernel refused the copy of the host's firewall (error {Errno}); published ports obey the copy made before")]
    private partial void LogRefused(int errno);

    [LoggerMessage(4062, LogLevel.Warning, "Somebody flushed naru's nftables; they are written anew")]
    private partial void LogFlushed();

    [LoggerMessage(4063, LogLevel.Warning, "The host's firewall cannot be followed: {Reason}")]
    private partial void LogFailed(string reason);
}
