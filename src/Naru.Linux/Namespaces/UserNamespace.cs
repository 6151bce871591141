using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Naru.Core.Containers;
using Naru.Linux.Files;
using Naru.Linux.Hosts;
using Naru.Linux.Notify;
using Naru.Linux.Processes;

namespace Naru.Linux.Namespaces;

/// <summary>
/// A user namespace with users of its own, and a network namespace that belongs to it. The runtime's threads cannot make one (the kernel wants a process of one thread),
/// so <c>unshare</c> does, in a process that waits at a pipe until both are held by descriptors; should this process die meanwhile, the pipe ends and so does that one.
/// </summary>
public sealed class UserNamespace : IDisposable
{
    private const int ByNumber = 1;
    private const byte Mark = (byte)'.';

    private readonly SafeFileHandle _users;
    private readonly SafeFileHandle _network;

    private UserNamespace(SafeFileHandle users, SafeFileHandle network) => (_users, _network) = (users, network);

    /// <summary>The descriptor, for mounts that shift their files' owners (<see cref="Mounts.MappedMounts"/>). Valid until disposed.</summary>
    public SafeFileHandle Users => _users;

    /// <summary>Makes one. Failures are <see cref="IOException"/>; nothing is left of them.</summary>
    public static UserNamespace Create(UserMapping mapping)
    {
        ArgumentNullException.ThrowIfNull(mapping);
        var (inputRead, inputWrite) = Descriptors.Pipe();
        var (outputRead, outputWrite) = Descriptors.Pipe();
        using var input = new FileStream(inputWrite, FileAccess.Write, bufferSize: 0);
        using var output = new FileStream(outputRead, FileAccess.Read, bufferSize: 0);
        int pid;
        using (inputRead)
        using (outputWrite)
        {
            pid = ProcessSpawn.Start(new ProcessCommand { Program = Programs.Find("unshare") ?? "unshare", Arguments = ["--user", "--net", "cat"], Input = inputRead, Output = outputWrite, Error = outputWrite });
        }

        try
        {
            AwaitReady(input, output);
            var text = string.Create(CultureInfo.InvariantCulture, $"0 {mapping.First} {mapping.Count}\n");
            Write($"/proc/{pid}/uid_map", text);
            Write($"/proc/{pid}/gid_map", text);
            var users = Open($"/proc/{pid}/ns/user");
            try
            {
                return new UserNamespace(users, Open($"/proc/{pid}/ns/net"));
            }
            catch
            {
                users.Dispose();
                throw;
            }
        }
        finally
        {
            input.Dispose();
            Reap(pid);
        }
    }

    /// <summary>Opens the one that is bound to a file (<see cref="Bind(string, string)"/>); <see cref="IOException"/> if there is none.</summary>
    public static SafeFileHandle Open(string path) => AtCalls.Open(FileCalls.AtCurrent, path, OpenFlags.ReadOnly);

    /// <summary>Binds both to files, so that they outlive this process. <see cref="NetworkNamespace.Delete"/> undoes it for each, also where this fails half way.</summary>
    public void Bind(string usersPath, string networkPath)
    {
        Bind(_users, usersPath);
        Bind(_network, networkPath);
    }

    public void Dispose()
    {
        _users.Dispose();
        _network.Dispose();
    }

    // What comes back is said by the program that runs inside by then; anything else is why it does not.
    private static void AwaitReady(FileStream input, FileStream output)
    {
        try
        {
            input.WriteByte(Mark);
        }
        catch (IOException)
        {
            // It ended already; what it said tells why.
        }

        var first = output.ReadByte();
        if (first == Mark)
        {
            return;
        }

        using var reader = new StreamReader(output, Encoding.UTF8, false, 256, leaveOpen: true);
        var reason = first < 0 ? "unshare ended without a word" : (char)first + reader.ReadToEnd().Trim();
        throw new IOException($"no user namespace can be made: {reason}");
    }

    private static void Write(string path, string text)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        file.Write(Encoding.ASCII.GetBytes(text));
    }

    private static void Bind(SafeFileHandle handle, string path)
    {
        using (File.Create(path))
        {
        }

        if (NamespaceNative.Mount($"/proc/self/fd/{handle.DangerousGetHandle()}", path, null, NamespaceNative.MountBind, 0) < 0)
        {
            throw NamespaceNative.Failure($"bind a namespace to {path}");
        }
    }

    private static unsafe void Reap(int pid)
    {
        var information = stackalloc byte[ProcessCalls.SignalInfoSize];
        while (ProcessCalls.WaitId(ByNumber, pid, information, ProcessCalls.WaitExited) < 0 && Descriptors.LastErrno() == Errno.Interrupted)
        {
        }
    }
}
