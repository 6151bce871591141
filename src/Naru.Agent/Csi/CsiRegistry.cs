using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Naru.Agent.Csi.Wire;
using Naru.Core.Errors;

namespace Naru.Agent.Csi;

/// <summary>
/// Knows the storage drivers of this node. A driver puts a socket into a directory; it is asked who it is, written into the node's CSINode, and told whether that went well. When the socket
/// goes the driver is forgotten; a new socket of the same name is a new run of it.
/// </summary>
internal sealed partial class CsiRegistry(CsiPlaces places, CsiNodeWriter writer, TimeProvider time, ILogger<CsiRegistry> logger) : IDisposable
{
    private const string PluginType = "CSIPlugin";
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<string, CsiDriver> _drivers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Seen> _seen = new(StringComparer.Ordinal);

    /// <summary>A driver came: what waited for it may go on.</summary>
    public event Action? Registered;

    /// <summary>The driver of a name, or null.</summary>
    public CsiDriver? Find(string name) => _drivers.GetValueOrDefault(name);

    /// <summary>The driver of a name.</summary>
    /// <exception cref="NaruException">Unavailable: it has not registered (yet).</exception>
    public CsiDriver Get(string name) => Find(name) ?? throw new NaruException(ErrorKind.Unavailable, $"driver name {name} not found in the list of registered CSI drivers");

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(places.Registry);
        Directory.CreateDirectory(places.Plugins);
        using var timer = new PeriodicTimer(Beat, time);
        do
        {
            await LookAsync(cancellationToken);
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>Looks at the directory once.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var there = new DirectoryInfo(places.Registry).EnumerateFiles().Where(static file => !file.Name.StartsWith('.') && file.Extension == ".sock").ToDictionary(static file => file.FullName, static file => file.LastWriteTimeUtc);
        foreach (var path in _seen.Keys.Where(path => !there.TryGetValue(path, out var made) || made != _seen[path].Made).ToList())
        {
            await ForgetAsync(path, cancellationToken);
        }

        foreach (var (path, made) in there)
        {
            var seen = _seen.GetValueOrDefault(path) ?? (_seen[path] = new Seen(made));
            if (seen.Driver is null && time.GetUtcNow() >= seen.Next)
            {
                await TakeAsync(path, seen, cancellationToken);
            }
        }
    }

    public void Dispose()
    {
        foreach (var driver in _drivers.Values)
        {
            driver.Dispose();
        }
    }

    private async Task TakeAsync(string path, Seen seen, CancellationToken cancellationToken)
    {
        using var channel = CsiChannel.Open(path);
        var client = new Registration.RegistrationClient(channel);
        try
        {
            var info = await CsiChannel.CallAsync(time, options => client.GetInfoAsync(new InfoRequest(), options), cancellationToken);
            var problem = await RegisterAsync(info, seen, path, cancellationToken);
            await CsiChannel.CallAsync(time, options => client.NotifyRegistrationStatusAsync(new RegistrationStatus { PluginRegistered = problem is null, Error = problem ?? "" }, options), cancellationToken);
        }
        catch (NaruException failure)
        {
            LogRefused(path, failure.Message);
        }

        if (seen.Driver is null)
        {
            seen.Failures++;
            seen.Next = time.GetUtcNow() + TimeSpan.FromTicks(Math.Min(Beat.Ticks << Math.Min(seen.Failures, 10), LongestPause.Ticks));
        }
    }

    // Null, or why the plugin cannot be used.
    private async Task<string?> RegisterAsync(PluginInfo info, Seen seen, string path, CancellationToken cancellationToken)
    {
        if (info.Type != PluginType || info.Name.Length == 0 || !info.SupportedVersions.Any(static version => version.TrimStart('v').StartsWith('1')))
        {
            var why = info.Type != PluginType ? $"no handler registered for plugin type: {info.Type}" : $"none of the supported versions [{string.Join(' ', info.SupportedVersions)}] is 1.x";
            LogRefused(path, why);
            return why;
        }

        var driver = new CsiDriver(info.Name, info.Endpoint.Length > 0 ? info.Endpoint : path, time);
        try
        {
            await driver.LearnAsync(cancellationToken);
            await writer.AddAsync(driver, cancellationToken);
        }
        catch (Exception failure) when (failure is NaruException or ArgumentException)
        {
            driver.Dispose();
            LogRefused(path, failure.Message);
            return $"RegisterPlugin error -- plugin registration failed with err: {failure.Message}";
        }

        seen.Driver = driver;
        _drivers[driver.Name] = driver;
        LogRegistered(driver.Name, driver.Endpoint);
        Registered?.Invoke();
        return null;
    }

    private async Task ForgetAsync(string path, CancellationToken cancellationToken)
    {
        _seen.Remove(path, out var seen);
        if (seen?.Driver is not { } driver)
        {
            return;
        }

        if (_drivers.TryRemove(KeyValuePair.Create(driver.Name, driver)))
        {
            LogGone(driver.Name);
            try
            {
                await writer.RemoveAsync(driver.Name, cancellationToken);
            }
            catch (NaruException failure)
            {
                LogRefused(path, failure.Message);
            }
        }

        driver.Dispose();
    }

    private sealed class Seen(DateTime made)
    {
        public DateTime Made { get; } = made;

        public CsiDriver? Driver { get; set; }

        public int Failures { get; set; }

        public DateTimeOffset Next { get; set; } = DateTimeOffset.MinValue;
    }

    [LoggerMessage(17510, LogLevel.Information, "Storage driver {Driver} registered at {Endpoint}")]
    private partial void LogRegistered(string driver, string endpoint);

    [LoggerMessage(17511, LogLevel.Information, "Storage driver {Driver} is gone")]
    private partial void LogGone(string driver);

    [LoggerMessage(17512, LogLevel.Warning, "The plugin at {Socket} cannot be used: {Problem}")]
    private partial void LogRefused(string socket, string problem);
}
