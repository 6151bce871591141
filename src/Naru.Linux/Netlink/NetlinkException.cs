namespace Naru.Linux.Netlink;

/// <summary>The kernel refused a netlink request.</summary>
/// <param name="errno">Positive errno value.</param>
/// <param name="message">What was asked and why it failed.</param>
public sealed class NetlinkException(int errno, string message) : IOException(message)
{
    /// <summary>Positive errno value (for example 17 for EEXIST).</summary>
    public int Errno { get; } = errno;

    public bool IsExists => Errno == LinuxErrno.Exists;

    /// <summary>The link, address, route or table is not there (ENODEV, ENOENT, ESRCH, EADDRNOTAVAIL).</summary>
    public bool IsMissing => Errno is LinuxErrno.NoDevice or LinuxErrno.NoEntry or LinuxErrno.NoProcess or LinuxErrno.AddressNotAvailable or LinuxErrno.NoSuchDeviceOrAddress;
}
