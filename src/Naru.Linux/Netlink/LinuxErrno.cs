namespace Naru.Linux.Netlink;

/// <summary>The errno values that the network code tells apart (asm-generic/errno.h).</summary>
internal static class LinuxErrno
{
    internal const int NoEntry = 2;
    internal const int NoProcess = 3;
    internal const int Interrupted = 4;
    internal const int NoSuchDeviceOrAddress = 6;
    internal const int TryAgain = 11;
    internal const int Busy = 16;
    internal const int Exists = 17;
    internal const int NoDevice = 19;
    internal const int Invalid = 22;
    internal const int NotSupported = 95;
    internal const int AddressNotAvailable = 99;
    internal const int NoBufferSpace = 105;
}
