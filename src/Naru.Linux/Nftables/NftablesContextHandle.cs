using Microsoft.Win32.SafeHandles;

namespace Naru.Linux.Nftables;

internal sealed class NftablesContextHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    internal NftablesContextHandle(nint context)
        : base(ownsHandle: true) => SetHandle(context);

    protected override bool ReleaseHandle()
    {
        NftablesNative.FreeContext(handle);
        return true;
    }
}
