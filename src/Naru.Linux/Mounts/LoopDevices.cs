using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Naru.Linux.Files;

namespace Naru.Linux.Mounts;

/// <summary>Files shown as block devices (loop(4)). The kernel knows which file is shown where; nothing is remembered here.</summary>
public static partial class LoopDevices
{
    private const nuint SetFile = 0x4C00;
    private const nuint ClearFile = 0x4C01;
    private const nuint SetCapacity = 0x4C07;
    private const nuint GetFree = 0x4C82;
    private const int Tries = 64;
    private const int Major = 7;

    /// <summary>The device that shows a file; null if none does.</summary>
    public static string? Find(string file)
    {
        foreach (var device in Directory.EnumerateDirectories("/sys/block", "loop*"))
        {
            try
            {
                if (File.ReadAllText(Path.Combine(device, "loop/backing_file")).TrimEnd('\n') == file)
                {
                    return "/dev/" + Path.GetFileName(device);
                }
            }
            catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException or IOException { HResult: (int)Errno.NoSuchDevice })
            {
                // It shows nothing.
            }
        }

        return null;
    }

    /// <summary>Shows a file as a device, if none shows it yet.</summary>
    public static string Attach(string file)
    {
        if (Find(file) is { } there)
        {
            return there;
        }

        using var control = File.OpenHandle("/dev/loop-control", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        using var backing = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        for (var attempt = 0; ; attempt++)
        {
            var number = LinuxException.ThrowIfFailed(Control(control, GetFree, 0), "get", "a free loop device");
            var path = string.Create(CultureInfo.InvariantCulture, $"/dev/loop{number}");
            using var device = OpenDevice(path, number);
            if (Control(device, SetFile, backing.DangerousGetHandle()) >= 0)
            {
                return path;
            }

            // Somebody else took it first.
            if (AtCalls.LastErrno() != Errno.Busy || attempt == Tries)
            {
                throw LinuxException.Last("attach", file);
            }
        }
    }

    /// <summary>Ends the showing of a file; a device that is still open goes when it is closed. Does nothing where it is not shown.</summary>
    public static void Detach(string file)
    {
        if (Find(file) is { } path)
        {
            using var device = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            if (Control(device, ClearFile, 0) < 0 && AtCalls.LastErrno() is not (Errno.Busy or (Errno)6))
            {
                throw LinuxException.Last("detach", path);
            }
        }
    }

    /// <summary>Has the device of a file be as large as the file has become.</summary>
    public static void Resize(string file)
    {
        if (Find(file) is { } path)
        {
            using var device = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            LinuxException.ThrowIfFailed(Control(device, SetCapacity, 0), "resize", path);
        }
    }

    // Without udev nobody else makes the node of a device that is new.
    private static SafeFileHandle OpenDevice(string path, int number)
    {
        if (!File.Exists(path))
        {
            using var devices = RootedDirectory.Open("/dev");
            devices.CreateNode(Path.GetFileName(path), FileKind.BlockDevice, 0x180, new DeviceNumber(Major, (uint)number));
        }

        return File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeHandle descriptor, nuint request, nint argument);
}
