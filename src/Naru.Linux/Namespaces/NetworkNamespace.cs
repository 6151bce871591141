using Microsoft.Win32.SafeHandles;
using Naru.Core.Containers;

namespace Naru.Linux.Namespaces;

/// <summary>
/// An open network namespace. Persistent ones are bind-mounted on a file, so that they outlive the process which made them.
/// No process is started: the work is done by threads of their own (<see cref="NamespaceThreads"/>).
/// </summary>
public sealed class NetworkNamespace : IDisposable
{
    private readonly SafeFileHandle _handle;

    private NetworkNamespace(SafeFileHandle handle, string path)
    {
        _handle = handle;
        Path = path;
    }

    /// <summary>The file it is bound to (or was opened by).</summary>
    public string Path { get; }

    /// <summary>The descriptor, for netlink requests that name a namespace. Valid until disposed.</summary>
    public int Descriptor => (int)_handle.DangerousGetHandle();

    /// <summary>Opens the namespace bound to a file; <see cref="IOException"/> if there is none.</summary>
    public static NetworkNamespace Open(string path)
    {
        var descriptor = NamespaceNative.Open(path, NamespaceNative.OpenReadOnly | NamespaceNative.OpenCloseOnExec);
        return descriptor < 0 ? throw NamespaceNative.Failure($"open network namespace {path}") : new NetworkNamespace(new SafeFileHandle(descriptor, ownsHandle: true), path);
    }

    /// <summary>
    /// Makes an empty namespace and binds it to <paramref name="path"/> (its directory must exist). What <paramref name="initialise"/> does
    /// runs inside before anybody can see it. On failure nothing is left.
    /// </summary>
    public static NetworkNamespace Create(string path, Action? initialise, NamespaceThreads threads)
    {
        ArgumentNullException.ThrowIfNull(threads);
        using (File.Create(path))
        {
        }

        try
        {
            threads.Run(null, () =>
            {
                if (NamespaceNative.Unshare(NamespaceNative.NewNetwork) < 0)
                {
                    throw NamespaceNative.Failure("make a network namespace");
                }

                initialise?.Invoke();
                if (NamespaceNative.Mount("/proc/thread-self/ns/net", path, null, NamespaceNative.MountBind, 0) < 0)
                {
                    throw NamespaceNative.Failure($"bind a network namespace to {path}");
                }

                return true;
            });
            return Open(path);
        }
        catch
        {
            Delete(path);
            throw;
        }
    }

    /// <summary>As <see cref="Create"/>, but the namespace belongs to a new user namespace with users of its own, which is bound to <paramref name="usersPath"/>.</summary>
    public static NetworkNamespace CreateOwned(string path, string usersPath, UserMapping users, Action initialise, NamespaceThreads threads)
    {
        ArgumentNullException.ThrowIfNull(threads);
        NetworkNamespace? made = null;
        try
        {
            using (var owner = UserNamespace.Create(users))
            {
                owner.Bind(usersPath, path);
            }

            made = Open(path);
            threads.Run(made, initialise);
            return made;
        }
        catch
        {
            made?.Dispose();
            Delete(path);
            Delete(usersPath);
            throw;
        }
    }

    /// <summary>Unbinds a namespace, of the network or of users, and removes the file. It dies with its last process. Calling it twice is harmless.</summary>
    public static void Delete(string path)
    {
        // A file may carry several mounts after a crash in between.
        while (NamespaceNative.Unmount(path, NamespaceNative.UnmountDetach) == 0)
        {
        }

        File.Delete(path);
    }

    /// <summary>True if a namespace is bound there (a plain leftover file is not one).</summary>
    public static bool IsBound(string path)
    {
        try
        {
            return File.Exists(path) && new DriveInfo(path).DriveFormat is "nsfs";
        }
        catch (IOException)
        {
            return false;
        }
    }

    public void Dispose() => _handle.Dispose();
}
