using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Naru.Core.Containers;
using Naru.Core.Events;
using Naru.Core.Lifetime;
using Naru.Core.Networks;
using Naru.Linux.Namespaces;
using Naru.Linux.Netlink;
using Naru.Linux.Nftables;

namespace Naru.Traffic.Tests.Fixtures;

/// <summary>
/// A host made of a network namespace, with naru's networks on it, and a second namespace "outside" that reaches it over a wire
/// (host 198.51.100.1 and 2001:db8::1, outside 198.51.100.2 and 2001:db8::2). The real host's tables are never touched.
/// </summary>
internal sealed class TrafficHost : IAsyncDisposable
{
    internal const string HostAddress = "198.51.100.1", OutsideAddress = "198.51.100.2";
    private readonly string _directory = Directory.CreateTempSubdirectory("naru-test-traffic-").FullName;
    private readonly List<ServiceProvider> _started = [];
    private readonly string _instance;

    internal TrafficHost(string instance = "0a1b2c3d")
    {
        _instance = instance;
        Host = NetworkNamespace.Create(Path.Combine(_directory, "host"), null, Threads);
        Outside = NetworkNamespace.Create(Path.Combine(_directory, "outside"), null, Threads);
        Threads.Run(Host, () =>
        {
            using var routes = RouteSocket.Open();
            routes.Execute(batch => batch.SetUp("lo").AddVeth(new VethSpec { Name = "wan0", PeerName = "wan0", PeerNamespace = Outside.Descriptor }));
            var wan = routes.GetLinkOrThrow("wan0").Index;
            routes.Execute(batch => batch.AddAddress(wan, IPAddress.Parse(HostAddress), 24).AddAddress(wan, IPAddress.Parse("2001:db8::1"), 64));
        });
        Threads.Run(Outside, () =>
        {
            using var routes = RouteSocket.Open();
            var wan = routes.GetLinkOrThrow("wan0").Index;
            routes.Execute(batch => batch.SetUp("lo").AddAddress(wan, IPAddress.Parse(OutsideAddress), 24).AddAddress(wan, IPAddress.Parse("2001:db8::2"), 64).SetUp("wan0"));
        });
        File.WriteAllText(Path.Combine(_directory, "resolv.conf"), "nameserver 198.51.100.2\nsearch corp.example\noptions edns0\n");
        File.WriteAllText(Path.Combine(_directory, "hosts"), "127.0.0.1 localhost\n198.51.100.1 thehost\n");
    }

    internal NamespaceThreads Threads { get; } = new(6);

    internal NetworkNamespace Host { get; }

    internal NetworkNamespace Outside { get; }

    internal RecordedEvents Events { get; } = new();

    internal string ResolvConf => Path.Combine(_directory, "resolv.conf");

    internal ServiceProvider Services => _started[^1];

    internal INetworks Networks => Services.GetRequiredService<INetworks>();

    internal ISandboxes Sandboxes => Services.GetRequiredService<ISandboxes>();

    internal T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    /// <summary>Starts naru's networks; again after <see cref="KillAsync"/>.</summary>
    internal async Task<TrafficHost> StartAsync(Func<TrafficOptions, TrafficOptions>? change = null, string? instance = null)
    {
        var name = instance ?? _instance;
        var options = new TrafficOptions
        {
            Directories = new EngineDirectories(Path.Combine(_directory, "data-" + name), Path.Combine(_directory, "run-" + name), name),
            HostNamespacePath = Host.Path,
            HostResolvConf = ResolvConf,
            HostHosts = Path.Combine(_directory, "hosts"),
            SpareSandboxes = 2,
            ForwardTimeout = TimeSpan.FromSeconds(4),
        };
        Directory.CreateDirectory(options.Directories.Data);
        Directory.CreateDirectory(options.Directories.Run);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<IEvents>(Events);
        services.AddNaruTraffic(change?.Invoke(options) ?? options);
        _started.Add(services.BuildServiceProvider());
        await Stage.StartAsync(CancellationToken.None);
        return this;
    }

    /// <summary>Ends the running instance as SIGKILL would: sockets close, nothing is tidied.</summary>
    internal async Task KillAsync()
    {
        await Services.DisposeAsync();
        _started.Remove(Services);
    }

    /// <summary>Ends the running instance as it should be ended.</summary>
    internal async Task StopAsync()
    {
        await Stage.StopAsync(CancellationToken.None);
        await KillAsync();
    }

    internal SandboxRequest Request(string name, ContainerNetworkSpec? network = null, ContainerId? id = null)
    {
        var container = id ?? ContainerId.New();
        return new SandboxRequest
        {
            Container = container,
            Name = name,
            Hostname = container.Short,
            Network = network ?? new ContainerNetworkSpec(),
            FilesDirectory = Directory.CreateDirectory(Path.Combine(_directory, "files", container.Value)).FullName,
        };
    }

    /// <summary>Sets a container's network up and opens its namespace.</summary>
    internal async Task<Guest> RunAsync(string name, ContainerNetworkSpec? network = null)
    {
        var request = Request(name, network);
        var made = await Sandboxes.SetUpAsync(request, CancellationToken.None);
        return new Guest(this, request, made);
    }

    internal T OnHost<T>(Func<T> work) => Threads.Run(Host, work);

    internal T FromOutside<T>(Func<T> work) => Threads.Run(Outside, work);

    internal string Nft(string commands) => OnHost(() =>
    {
        using var context = NftablesContext.Open();
        return context.Run(Lines(commands));
    });

    // The language wants a line's end after a block.
    private static string Lines(string commands)
    {
        foreach (var word in new[] { "}", "}", "chain", "set ", "map " })
        {
            commands = commands.Replace($"}} {word}", $"}}\n{word}", StringComparison.Ordinal);
        }

        return commands + "\n";
    }

    internal IReadOnlyList<LinkInfo> Links() => OnHost(() =>
    {
        using var routes = RouteSocket.Open();
        return routes.ListLinks();
    });

    /// <summary>Waits until something holds; fails after half a minute.</summary>
    internal static async Task EventuallyAsync(Func<bool> holds, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!holds())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"never happened: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(10));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var services in _started)
        {
            foreach (var stage in services.GetServices<IEngineStage>())
            {
                foreach (var network in services.GetRequiredService<INetworks>().List())
                {
                    foreach (var container in network.Endpoints.Keys)
                    {
                        await services.GetRequiredService<ISandboxes>().TearDownAsync(container, CancellationToken.None);
                    }
                }

                await stage.StopAsync(CancellationToken.None);
            }

            await services.DisposeAsync();
        }

        foreach (var made in new[] { Host, Outside })
        {
            made.Dispose();
            NetworkNamespace.Delete(made.Path);
        }

        Threads.Dispose();
        foreach (var left in Directory.EnumerateFiles(_directory, "*", SearchOption.AllDirectories).Where(NetworkNamespace.IsBound).ToList())
        {
            NetworkNamespace.Delete(left);
        }

        Directory.Delete(_directory, recursive: true);
    }

    private IEngineStage Stage => Services.GetRequiredService<IEngineStage>();
}
