using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Naru.Core.Errors;
using Naru.Core.Volumes;
using Naru.Linux.Files;
using Naru.Linux.Mounts;

namespace Naru.Containers.Volumes;

/// <summary>Mounts what a volume's options say over its directory.</summary>
internal static class VolumeMount
{
    /// <summary>True when the volume has to be mounted before use.</summary>
    internal static bool IsNeeded(Volume volume) => volume.Options.ContainsKey("device");

    /// <summary>Mounts it unless it is mounted already, by this or an earlier run.</summary>
    internal static async Task MountAsync(Volume volume, CancellationToken cancellationToken)
    {
        if (MountTable.IsMounted(volume.Path))
        {
            return;
        }

        var type = volume.Options.GetValueOrDefault("type", "");
        var device = volume.Options["device"];
        var words = await ResolveAddressAsync(type, volume.Options.GetValueOrDefault("o", ""), cancellationToken);
        var parsed = MountWords.Parse(words);
        try
        {
            Mount(volume.Path, type, device, parsed);
        }
        catch (LinuxException failure)
        {
            throw new NaruException(
                ErrorKind.Internal,
                $"error while mounting volume '{volume.Path}': failed to mount local volume: mount {device}:{volume.Path}, flags: 0x{(uint)parsed.Flags:x}" +
                (parsed.Data.Length > 0 ? $", data: {Mask(parsed.Data)}" : "") + $": {LinuxException.Describe(failure.Errno)}",
                failure);
        }
    }

    /// <summary>Takes the mount off; in use by a process of the host it goes as soon as that leaves.</summary>
    internal static void Unmount(Volume volume)
    {
        if (MountTable.IsMounted(volume.Path))
        {
            Mounter.UnmountTree(volume.Path);
        }
    }

    private static void Mount(string target, string type, string device, MountWords words)
    {
        var isBind = words.Flags.HasFlag(MountFlags.Bind);
        Mounter.Mount(device, target, type, isBind ? words.Flags & (MountFlags.Bind | MountFlags.Recursive) : words.Flags, words.Data);
        try
        {
            var rest = words.Flags & ~MountFlags.Recursive;
            if (isBind && rest != MountFlags.Bind)
            {
                Mounter.Mount("", target, "", rest | MountFlags.Remount);
            }

            // A bind is a peer of its source unless it is told otherwise: what is mounted or unmounted in the volume would be there too.
            Mounter.Mount("", target, "", words.Propagation != MountFlags.None ? words.Propagation : MountFlags.Private | MountFlags.Recursive);
        }
        catch
        {
            Mounter.UnmountTree(target);
            throw;
        }
    }

    /// <summary>The kernel's nfs and cifs take an address, no name.</summary>
    private static async Task<string> ResolveAddressAsync(string type, string words, CancellationToken cancellationToken)
    {
        if (type is not ("nfs" or "nfs4" or "cifs"))
        {
            return words;
        }

        var parts = words.Split(',').ToImmutableArray();
        for (var index = 0; index < parts.Length; index++)
        {
            if (parts[index].StartsWith("addr=", StringComparison.Ordinal) && !IPAddress.TryParse(parts[index].AsSpan(5), out _))
            {
                try
                {
                    var addresses = await Dns.GetHostAddressesAsync(parts[index][5..], cancellationToken);
                    parts = parts.SetItem(index, $"addr={addresses[0]}");
                }
                catch (SocketException failure)
                {
                    throw new NaruException(ErrorKind.Unavailable, $"error resolving passed in network volume address: lookup {parts[index][5..]}: no such host", failure);
                }
            }
        }

        return string.Join(',', parts);
    }

    private static string Mask(string data) =>
        string.Join(',', data.Split(',').Select(word => word.StartsWith("password=", StringComparison.Ordinal) ? "password=********" : word));
}
