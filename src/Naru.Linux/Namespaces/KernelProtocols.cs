using Naru.Linux.Netlink;

namespace Naru.Linux.Namespaces;

/// <summary>Which protocols the kernel has sockets for.</summary>
public static class KernelProtocols
{
    private const int FamilyOfV4 = 2, Stream = 1, Sctp = 132;

    /// <summary>Whether a program can have a socket of SCTP. The kernel loads the module where there is one.</summary>
    public static bool HasSctp()
    {
        var descriptor = NetlinkNative.Socket(FamilyOfV4, Stream | NetlinkNative.SockCloseOnExec, Sctp);
        if (descriptor < 0)
        {
            return false;
        }

        using var handle = new NetlinkSocketHandle(descriptor);
        return true;
    }
}
