using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Linux.Files;

namespace Naru.Containers.Files;

/// <summary>Refusals of the kernel and of rules, in docker's words.</summary>
internal static class FileFailures
{
    internal const string RootReadOnly = "container rootfs is marked read-only";
    internal const string VolumeReadOnly = "mounted volume is marked read-only";

    internal static NaruException NotFound(Container container, string path) =>
        NaruException.NotFound($"Could not find the file {path} in container {container.Name}");

    internal static NaruException Translate(LinuxException failure, Container container, string path) => failure.Errno switch
    {
        Errno.NotFound => NotFound(container, path),
        Errno.NotADirectory or Errno.NameTooLong or Errno.Loop or Errno.InvalidArgument or Errno.IsADirectory =>
            new NaruException(ErrorKind.InvalidArgument, $"{path}: {LinuxException.Describe(failure.Errno)}", failure),
        Errno.ReadOnlyFileSystem => new NaruException(ErrorKind.PermissionDenied, RootReadOnly, failure),
        Errno.NoSpace or Errno.QuotaExceeded => new NaruException(ErrorKind.ResourceExhausted, failure.Message, failure),
        _ => new NaruException(ErrorKind.Internal, failure.Message, failure),
    };
}
