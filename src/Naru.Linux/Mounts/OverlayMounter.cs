using System.Text;
using Microsoft.Win32.SafeHandles;
using Naru.Linux.Files;

namespace Naru.Linux.Mounts;

/// <summary>
/// Mounts overlayfs with hundreds of layers: by the mount API of Linux 6.7 ("lowerdir+", one call a layer), else by mount(2) with
/// descriptors for names, as its options are held to a page. The upper directory holds whole files and plain whiteouts only (no redirects,
/// no metadata-only copies), so it can be read as a layer.
/// </summary>
public static unsafe class OverlayMounter
{
    private const int SetFlag = 0;
    private const int SetString = 1;
    private const int Create = 6;
    private const uint CloseOnExec = 1;
    private const uint FromEmptyPath = 4;
    private const ulong AttributeReadOnly = 1;

    private static readonly (string Key, string Value)[] PlainOptions =
        [("redirect_dir", "off"), ("metacopy", "off"), ("index", "off"), ("xino", "off")];

    /// <summary>Mounts; on failure nothing is left mounted. Failures are <see cref="LinuxException"/>.</summary>
    public static void Mount(OverlayMount overlay, string target)
    {
        ArgumentNullException.ThrowIfNull(overlay);
        if (overlay.Lower.IsDefaultOrEmpty || overlay.Upper is null != overlay.Work is null)
        {
            throw new ArgumentException("An overlay needs a lower directory, and a work directory exactly if it has an upper one.", nameof(overlay));
        }

        if (overlay.Lower.Length == 1 && overlay.Upper is null)
        {
            // overlayfs wants two layers; one alone is a read-only bind.
            Mounter.Bind(overlay.Lower[0], target, recursive: false, readOnly: true);
            return;
        }

        if (!TryMountByContext(overlay, target))
        {
            MountByOptions(overlay, target);
        }
    }

    /// <summary>False if this kernel lacks the API or "lowerdir+"; a real failure throws.</summary>
    private static bool TryMountByContext(OverlayMount overlay, string target)
    {
        using var type = new NativePath("overlay", stackalloc byte[32]);
        nint context;
        fixed (byte* bytes = type)
        {
            context = MountCalls.FsOpen(MountCalls.FsOpenNumber, bytes, CloseOnExec);
        }

        if (context < 0)
        {
            return AtCalls.LastErrno() == Errno.NotImplemented ? false : throw LinuxException.Last("fsopen", "overlay");
        }

        using var handle = new SafeFileHandle(context, ownsHandle: true);
        if (Configure(context, "lowerdir+", overlay.Lower[0]) != Errno.None)
        {
            return false;
        }

        foreach (var lower in overlay.Lower.AsSpan()[1..])
        {
            Require(Configure(context, "lowerdir+", lower), context, lower);
        }

        if (overlay.Upper is not null)
        {
            Require(Configure(context, "upperdir", overlay.Upper), context, overlay.Upper);
            Require(Configure(context, "workdir", overlay.Work!), context, overlay.Work!);
        }

        foreach (var (key, value) in PlainOptions)
        {
            // An option that this kernel was built without is off already.
            Configure(context, key, value);
        }

        if (overlay.Volatile)
        {
            Configure(context, "volatile", null);
        }

        Configure(context, "source", "overlay");
        Require(Command(context, Create), context, target);
        Attach(context, overlay.Upper is null, target);
        return true;
    }

    private static void Attach(nint context, bool readOnly, string target)
    {
        var mount = MountCalls.FsMount(MountCalls.FsMountNumber, context, CloseOnExec, readOnly ? (nuint)AttributeReadOnly : 0);
        LinuxException.ThrowIfFailed(mount, "fsmount", target);
        using var handle = new SafeFileHandle(mount, ownsHandle: true);
        using var native = new NativePath(target, stackalloc byte[NativePath.StackSize]);
        byte nothing = 0;
        fixed (byte* bytes = native)
        {
            LinuxException.ThrowIfFailed(
                MountCalls.MoveMount(MountCalls.MoveMountNumber, mount, &nothing, FileCalls.AtCurrent, bytes, FromEmptyPath), "move_mount", target);
        }
    }

    private static Errno Configure(nint context, string key, string? value)
    {
        using var nativeKey = new NativePath(key, stackalloc byte[64]);
        using var nativeValue = new NativePath(value ?? "", stackalloc byte[NativePath.StackSize]);
        fixed (byte* keyBytes = nativeKey, valueBytes = nativeValue)
        {
            var result = MountCalls.FsConfig(
                MountCalls.FsConfigNumber, context, value is null ? SetFlag : SetString, keyBytes, value is null ? null : valueBytes, 0);
            return result < 0 ? AtCalls.LastErrno() : Errno.None;
        }
    }

    private static Errno Command(nint context, int command) =>
        MountCalls.FsConfig(MountCalls.FsConfigNumber, context, command, null, null, 0) < 0 ? AtCalls.LastErrno() : Errno.None;

    /// <summary>The kernel explains its refusals on the context's descriptor.</summary>
    private static void Require(Errno errno, nint context, string subject)
    {
        if (errno == Errno.None)
        {
            return;
        }

        Span<byte> buffer = stackalloc byte[1024];
        fixed (byte* bytes = buffer)
        {
            var length = FileCalls.Read((int)context, bytes, (nuint)buffer.Length);
            var reason = length > 0 ? $" ({Encoding.UTF8.GetString(buffer[..(int)length]).Trim()})" : "";
            throw new LinuxException(errno, "mount overlay", subject + reason);
        }
    }

    internal static void MountByOptions(OverlayMount overlay, string target)
    {
        var handles = new List<SafeFileHandle>();
        try
        {
            string Short(string path)
            {
                var handle = AtCalls.Open(FileCalls.AtCurrent, path, OpenFlags.PathOnly | OpenFlags.Directory);
                handles.Add(handle);
                return $"/proc/self/fd/{handle.DangerousGetHandle()}";
            }

            var options = new StringBuilder("lowerdir=").AppendJoin(':', overlay.Lower.Select(Short));
            if (overlay.Upper is not null)
            {
                options.Append(",upperdir=").Append(Short(overlay.Upper)).Append(",workdir=").Append(Short(overlay.Work!));
            }

            options.Append(overlay.Volatile ? ",volatile" : "");
            Mounter.Mount("overlay", target, "overlay", overlay.Upper is null ? MountFlags.ReadOnly : MountFlags.None, options.ToString());
        }
        finally
        {
            handles.ForEach(handle => handle.Dispose());
        }
    }
}
