using System.Collections.Immutable;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Networks;
using Naru.Core.Volumes;

namespace Naru.Dialects.Docker.Tests.Fakes;

internal sealed class FakeNetworks : INetworks
{
    public List<Network> All { get; } =
    [
        new Network
        {
            Id = new string('1', 64),
            Spec = new NetworkSpec { Name = "bridge", Driver = "bridge", Pools = [new IpamPool { Subnet = "172.17.0.0/16", Gateway = "172.17.0.1" }] },
            Created = FakeContainers.Birth,
            Predefined = true,
        },
        new Network { Id = new string('2', 64), Spec = new NetworkSpec { Name = "host", Driver = "host" }, Created = FakeContainers.Birth, Predefined = true },
        new Network { Id = new string('3', 64), Spec = new NetworkSpec { Name = "none", Driver = "null" }, Created = FakeContainers.Birth, Predefined = true },
    ];

    public ImmutableArray<Network> List() => [.. All];

    public Network Get(string reference) => Find(reference) ?? throw NaruException.NotFound($"network {reference} not found");

    public Network? Find(string reference) => All.FirstOrDefault(network => network.Spec.Name == reference || (reference.Length > 0 && network.Id.StartsWith(reference, StringComparison.Ordinal)));

    public Task<(Network Network, string Warning)> CreateAsync(NetworkSpec spec, CancellationToken cancellationToken)
    {
        if (Find(spec.Name) is not null)
        {
            throw NaruException.Conflict($"network with name {spec.Name} already exists");
        }
        var network = new Network { Id = ContainerId.New().Value, Spec = spec, Created = FakeContainers.Birth };
        All.Add(network);
        return Task.FromResult((network, ""));
    }

    public Task RemoveAsync(string reference, CancellationToken cancellationToken)
    {
        var network = Get(reference);
        if (network.Predefined)
        {
            throw new NaruException(ErrorKind.PermissionDenied, $"{network.Spec.Name} is a pre-defined network and cannot be removed");
        }
        All.Remove(network);
        return Task.CompletedTask;
    }

    public Task<ImmutableArray<string>> PruneAsync(Func<Network, bool> allowed, CancellationToken cancellationToken)
    {
        var gone = All.Where(network => !network.Predefined && allowed(network)).ToArray();
        All.RemoveAll(gone.Contains);
        return Task.FromResult<ImmutableArray<string>>([.. gone.Select(network => network.Spec.Name)]);
    }
}

internal sealed class FakeVolumes : IVolumes
{
    public List<Volume> All { get; } = [];

    public ImmutableArray<Volume> List() => [.. All];

    public Volume Get(string name) => Find(name) ?? throw NaruException.NotFound($"get {name}: no such volume");

    public Volume? Find(string name) => All.FirstOrDefault(volume => volume.Name == name);

    public Task<Volume> CreateAsync(VolumeSpec spec, CancellationToken cancellationToken)
    {
        if (spec.Driver is not ("" or "local"))
        {
            throw NaruException.NotFound($"error looking up volume plugin {spec.Driver}: plugin \"{spec.Driver}\" not found");
        }
        var name = spec.Name.Length > 0 ? spec.Name : ContainerId.New().Value;
        if (Find(name) is { } existing)
        {
            return Task.FromResult(existing);
        }
        var volume = new Volume { Name = name, Driver = "local", Path = $"/volumes/{name}/_data", Created = FakeContainers.Birth, Labels = spec.Labels, Options = spec.Options, Anonymous = spec.Name.Length == 0 };
        All.Add(volume);
        return Task.FromResult(volume);
    }

    public Task RemoveAsync(string name, bool force, CancellationToken cancellationToken)
    {
        All.RemoveAll(volume => volume.Name == name);
        return Task.CompletedTask;
    }

    public Task<(ImmutableArray<string> Names, long Reclaimed)> PruneAsync(bool all, Func<Volume, bool> allowed, CancellationToken cancellationToken)
    {
        var gone = All.Where(volume => (all || volume.Anonymous) && allowed(volume)).ToArray();
        All.RemoveAll(gone.Contains);
        return Task.FromResult<(ImmutableArray<string>, long)>(([.. gone.Select(volume => volume.Name)], 5));
    }

    public Task<string> MountAsync(string name, string user, CancellationToken cancellationToken) => Task.FromResult("/");

    public Task UnmountAsync(string name, string user, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task CopyUpAsync(string name, string root, string directory, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<long> SizeAsync(string name, CancellationToken cancellationToken) => Task.FromResult(12L);

    public void AddUser(IVolumeUser user)
    {
    }
}
