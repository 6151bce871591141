using Naru.Linux.Namespaces;
using Naru.Traffic.Names;

namespace Naru.Traffic.Sandboxes;

/// <summary>A namespace ready for use, perhaps with a name server's sockets.</summary>
internal sealed record SpareSandbox(NetworkNamespace Namespace, ResolverSockets? Names);
