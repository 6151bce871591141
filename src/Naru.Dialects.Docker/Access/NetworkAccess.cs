using Naru.Core.Networks;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Http.Access;

namespace Naru.Dialects.Docker.Access;

/// <summary>What a limited endpoint may do with networks.</summary>
internal static class NetworkAccess
{
    /// <exception cref="DockerException">403: the network would put containers onto the host's own links.</exception>
    public static void Check(SocketAccessPolicy policy, NetworkSpec spec)
    {
        if (policy.NoPrivileged && (spec.Driver is not ("" or "bridge") || !spec.Options.IsEmpty))
        {
            throw DockerException.Forbidden("this socket does not allow networks with another driver than bridge, or driver options");
        }
    }

    /// <exception cref="DockerException">403.</exception>
    public static void CheckConnect(SocketAccessPolicy policy, Network network)
    {
        if (policy.NoPrivileged && network.Spec.Driver == "host")
        {
            throw DockerException.Forbidden("this socket does not allow the host's network");
        }
    }
}
