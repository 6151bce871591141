using Microsoft.Win32.SafeHandles;

namespace Naru.Linux.Netlink;

internal sealed class NetlinkSocketHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    internal NetlinkSocketHandle(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    protected override bool ReleaseHandle() => NetlinkNative.Close((int)handle) == 0;
}
