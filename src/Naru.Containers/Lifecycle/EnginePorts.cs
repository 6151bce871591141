using Naru.Core.Events;
using Naru.Core.Images;
using Naru.Core.Networks;
using Naru.Core.Volumes;

namespace Naru.Containers.Lifecycle;

/// <summary>The other hands, as containers need them.</summary>
internal sealed record EnginePorts(
    IImages Images, ISnapshots Snapshots, IVolumes Volumes, INetworks Networks, ISandboxes Sandboxes, IEvents Events, TimeProvider Time);
