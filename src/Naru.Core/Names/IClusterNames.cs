using System.Net;
using Naru.Core.Errors;

namespace Naru.Core.Names;

/// <summary>
/// The names of a cluster, answered in the sandboxes of its pods. Whoever knows the cluster's objects says which names there are, contributor by contributor; what
/// several of them say of one name is answered together. Until <see cref="Open"/> questions for the cluster's names wait for a moment. Calls may come from any thread.
/// </summary>
public interface IClusterNames
{
    /// <summary>Replaces all that a contributor said; nothing: it has gone. The next question is answered by it.</summary>
    void Set(string contributor, IReadOnlyCollection<NameRecord> records);

    /// <summary>All that there is has been said once: from now on a name that is not known does not exist. Repeats do nothing.</summary>
    void Open();

    /// <summary>Answers programs of the host too, over UDP and TCP at an address of the host. Repeats replace the earlier place.</summary>
    /// <returns>The port, the preferred one where it is free.</returns>
    /// <exception cref="NaruException"><see cref="ErrorKind.Unavailable"/>: the address cannot be bound.</exception>
    ushort Listen(IPAddress address, ushort preferredPort);
}
