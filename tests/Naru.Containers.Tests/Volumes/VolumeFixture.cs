using Microsoft.Extensions.Logging.Abstractions;
using Naru.Containers.Volumes;
using Naru.Core.Events;
using Naru.Core.Lifetime;
using Naru.Linux.Mounts;

namespace Naru.Containers.Tests.Volumes;

/// <summary>Volume stores over one directory; each start is a new run of naru after a SIGKILL.</summary>
internal sealed class VolumeFixture : IDisposable
{
    internal string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("naru-test-volumes-").FullName;

    internal string VolumesPath => Path.Combine(Directory, "volumes");

    internal RecordedEvents Events { get; } = new();

    public void Dispose()
    {
        Mounter.UnmountTree(Directory);
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    internal async Task<VolumeStore> StartAsync()
    {
        var store = new VolumeStore(
            new EngineDirectories(Directory, Path.Combine(Directory, "run"), "00000000"), Events, TimeProvider.System, NullLogger<VolumeStore>.Instance);
        await store.StartAsync(CancellationToken.None);
        return store;
    }
}

/// <summary>Keeps what is published.</summary>
internal sealed class RecordedEvents : List<EngineEvent>, IEvents
{
    public void Publish(EngineEvent happened)
    {
        lock (this)
        {
            Add(happened);
        }
    }

    public IAsyncEnumerable<EngineEvent> Read(DateTimeOffset? since, DateTimeOffset? until, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
