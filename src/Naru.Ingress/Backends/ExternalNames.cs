using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Naru.Ingress.Backends;

/// <summary>Finds the addresses of a name of the world outside, as this host knows them.</summary>
public delegate Task<IPAddress[]> LookUpName(string name, CancellationToken cancellationToken);

/// <summary>
/// The addresses of names that services stand for (<c>ExternalName</c>). A name is asked for when it is first named and then every half minute; the last answer is good until there is another.
/// Addresses that mean this host itself are left out: who writes a service must not reach what only this host can reach.
/// </summary>
internal sealed partial class ExternalNames(LookUpName lookUp, TimeProvider time, ILogger<ExternalNames> logger) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<string, IPAddress[]?> _known = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _named = new(0, 1);
    private readonly Lock _waking = new();

    /// <summary>Called with a name that has other addresses than before.</summary>
    public event Action<string>? Changed;

    /// <summary>Addresses that were found; null: not asked yet, or not answered.</summary>
    public IPAddress[]? Find(string name)
    {
        if (_known.TryAdd(name, null))
        {
            lock (_waking)
            {
                if (_named.CurrentCount == 0)
                {
                    _named.Release();
                }
            }
        }

        return _known.GetValueOrDefault(name);
    }

    /// <summary>Nobody names it any more.</summary>
    public void Forget(string name) => _known.TryRemove(name, out _);

    /// <summary>Asks until the token ends. Where no name is wanted it only waits for one.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var names = _known.Keys.ToList();
            await Task.WhenAll(names.Select(name => AskAsync(name, cancellationToken)));
            await WaitAsync(names.Count > 0, cancellationToken);
        }
    }

    /// <summary>Whether an address may be led to: not this host's loopback, nothing that only counts on one link, no group.</summary>
    public static bool IsForeign(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var first = plain.GetAddressBytes();
        return !IPAddress.IsLoopback(plain) && (plain.AddressFamily == AddressFamily.InterNetworkV6
            ? !plain.IsIPv6LinkLocal && !plain.IsIPv6Multicast && !plain.Equals(IPAddress.IPv6Any)
            : first[0] is not (0 or >= 224) && !(first[0] == 169 && first[1] == 254));
    }

    public void Dispose() => _named.Dispose();

    private async Task WaitAsync(bool hasNames, CancellationToken cancellationToken)
    {
        if (!hasNames)
        {
            await _named.WaitAsync(cancellationToken);
            return;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var named = _named.WaitAsync(end.Token);
        await Task.WhenAny(named, Task.Delay(Interval, time, end.Token));
        await end.CancelAsync();
        await named.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task AskAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            using var limit = new CancellationTokenSource(Patience, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            var found = (await lookUp(name, both.Token)).Where(IsForeign).OrderBy(static one => one.ToString(), StringComparer.Ordinal).ToArray();
            if (_known.TryGetValue(name, out var before) && (before is null || !before.SequenceEqual(found)) && _known.TryUpdate(name, found, before))
            {
                Changed?.Invoke(name);
            }
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException or ArgumentException && !cancellationToken.IsCancellationRequested)
        {
            LogUnknown(name, failure.Message);
        }
    }

    [LoggerMessage(18041, LogLevel.Debug, "The name {Name} of a service cannot be found: {Problem}")]
    private partial void LogUnknown(string name, string problem);
}
