using Naru.Linux.Namespaces;
using Naru.Traffic.Names;

namespace Naru.Traffic.Sandboxes;

/// <summary>A namespace ready for use, perhaps with a name server's sockets.</summary>
/// <param name="Namespace">The network's.</param>
/// <param name="Names">Sockets for a name server; null: none were made.</param>
/// <param name="UserNamespacePath">File that the user namespace which owns it is bound to; empty: the host's own one.</param>
internal sealed record SpareSandbox(NetworkNamespace Namespace, ResolverSockets? Names, string UserNamespacePath = "");
