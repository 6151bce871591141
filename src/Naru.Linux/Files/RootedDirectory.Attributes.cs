using Microsoft.Win32.SafeHandles;

namespace Naru.Linux.Files;

/// <summary>What changes a file without moving it: owner, mode, times, extended attributes.</summary>
public sealed partial class RootedDirectory
{
    public void ChangeOwner(string path, uint user, uint group, bool follow = true)
    {
        using var handle = OpenAny(path, follow);
        AtCalls.ChangeOwner((int)handle.DangerousGetHandle(), "", user, group);
    }

    /// <summary>Sets the permission bits; a link at the end is followed inside the root.</summary>
    public void ChangeMode(string path, uint permissions)
    {
        using var handle = OpenAny(path, follow: true);
        AtCalls.ChangeMode(FileCalls.AtCurrent, ProcPathOf(handle), permissions);
    }

    public void SetTimes(string path, UnixTime accessed, UnixTime modified, bool follow = true)
    {
        if (!follow)
        {
            using var parent = OpenParentOf(path, "utimensat", out var name);
            AtCalls.SetTimes((int)parent.DangerousGetHandle(), name, accessed, modified);
            return;
        }

        using var handle = OpenAny(path, follow: true);
        using var directoryOrFile = AtCalls.Open(FileCalls.AtCurrent, ProcPathOf(handle), OpenFlags.ReadOnly | OpenFlags.NonBlocking | OpenFlags.NoTerminal);
        AtCalls.SetTimes((int)directoryOrFile.DangerousGetHandle(), accessed, modified, path);
    }

    /// <summary>The value of an extended attribute, or null if the file has none of that name or the file system knows none.</summary>
    public byte[]? GetAttribute(string path, string attribute, bool follow = true)
    {
        using var handle = OpenAny(path, follow);
        return ExtendedAttributes.Get(ProcPathOf(handle), attribute);
    }

    public void SetAttribute(string path, string attribute, ReadOnlySpan<byte> value, bool follow = true)
    {
        using var handle = OpenAny(path, follow);
        ExtendedAttributes.Set(ProcPathOf(handle), attribute, value);
    }

    public IReadOnlyList<string> ListAttributes(string path, bool follow = true)
    {
        using var handle = OpenAny(path, follow);
        return ExtendedAttributes.List(ProcPathOf(handle));
    }

    private static string ProcPathOf(SafeFileHandle handle) => $"/proc/self/fd/{handle.DangerousGetHandle()}";

    private SafeFileHandle OpenAny(string path, bool follow) =>
        AtCalls.OpenInRoot(Descriptor, path, OpenFlags.PathOnly | (follow ? 0 : OpenFlags.NoFollow), 0);
}
