using System.Runtime.InteropServices;

namespace Naru.Linux.Files;

/// <summary>A kernel call failed. The message reads as in "open /a/b: no such file or directory".</summary>
public sealed class LinuxException(Errno errno, string operation, string subject)
    : IOException($"{operation} {subject}: {Describe(errno)}")
{
    /// <summary>What the kernel answered.</summary>
    public Errno Errno { get; } = errno;

    /// <summary>The kernel's words for an error number, in lower case.</summary>
    public static string Describe(Errno errno)
    {
        var text = Marshal.GetPInvokeErrorMessage((int)errno);
        return text.Length > 1 && char.IsUpper(text[0]) && !char.IsUpper(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..] : text;
    }

    /// <summary>The exception for the last failed call of this thread.</summary>
    internal static LinuxException Last(string operation, string subject) =>
        new((Errno)Marshal.GetLastPInvokeError(), operation, subject);

    internal static nint ThrowIfFailed(nint result, string operation, string subject) =>
        result < 0 ? throw Last(operation, subject) : result;

    internal static int ThrowIfFailed(int result, string operation, string subject) =>
        result < 0 ? throw Last(operation, subject) : result;
}
