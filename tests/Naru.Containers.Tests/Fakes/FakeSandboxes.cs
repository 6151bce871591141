using System.Collections.Concurrent;
using System.Collections.Immutable;
using Naru.Core.Containers;
using Naru.Core.Networks;

namespace Naru.Containers.Tests.Fakes;

/// <summary>No networks: containers get an empty namespace of their own.</summary>
public sealed class FakeSandboxes : ISandboxes, INetworks
{
    public ConcurrentDictionary<ContainerId, SandboxRequest> Live { get; } = new();

    public void Check(ContainerNetworkSpec spec)
    {
    }

    public Task<SandboxNetwork> SetUpAsync(SandboxRequest request, CancellationToken cancellationToken)
    {
        Live[request.Container] = request;
        return Task.FromResult(SandboxNetwork.None);
    }

    public Task TearDownAsync(ContainerId container, CancellationToken cancellationToken)
    {
        Live.TryRemove(container, out _);
        return Task.CompletedTask;
    }

    public Task<SandboxNetwork> ConnectAsync(SandboxRequest request, string network, EndpointSpec endpoint, CancellationToken cancellationToken) => Task.FromResult(SandboxNetwork.None);

    public Task<SandboxNetwork> DisconnectAsync(SandboxRequest request, string network, bool force, CancellationToken cancellationToken) => Task.FromResult(SandboxNetwork.None);

    public Task RenameAsync(SandboxRequest request, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<ImmutableDictionary<ContainerId, SandboxNetwork>> AdoptAsync(IReadOnlyCollection<SandboxRequest> live, CancellationToken cancellationToken)
    {
        foreach (var request in live)
        {
            Live[request.Container] = request;
        }

        return Task.FromResult(live.ToImmutableDictionary(static request => request.Container, static _ => SandboxNetwork.None));
    }

    public Task<ImmutableSortedDictionary<string, LinkCounters>> CountersAsync(ContainerId container, CancellationToken cancellationToken) =>
        Task.FromResult(ImmutableSortedDictionary<string, LinkCounters>.Empty);

    public ImmutableArray<Network> List() => [];

    public Network Get(string reference) => throw new NotSupportedException();

    public Network? Find(string reference) => null;

    public Task<(Network Network, string Warning)> CreateAsync(NetworkSpec spec, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task RemoveAsync(string reference, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ImmutableArray<string>> PruneAsync(Func<Network, bool> allowed, CancellationToken cancellationToken) => throw new NotSupportedException();
}
