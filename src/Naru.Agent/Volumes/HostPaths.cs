using Naru.Core.Errors;
using Naru.Core.Hosts;

namespace Naru.Agent.Volumes;

/// <summary>Volumes that are paths of the host: what has to be there, and what is made.</summary>
internal static class HostPaths
{
    /// <summary>Checks a path against its type.</summary>
    /// <exception cref="NaruException">FailedPrecondition: something else lies there, or nothing.</exception>
    public static void Prepare(INodeFiles host, string path, string type)
    {
        var kind = host.KindOf(path);
        if (kind == NodeFileKind.Missing)
        {
            switch (type)
            {
                // As Docker did and users rely on: a path without a type becomes a directory.
                case "" or "DirectoryOrCreate":
                    host.MakeDirectory(path, 0x1ED);
                    return;
                case "FileOrCreate":
                    File.WriteAllBytes(path, []);
                    return;
            }
        }

        var fits = type switch
        {
            "" => true,
            "Directory" or "DirectoryOrCreate" => kind == NodeFileKind.Directory,
            "File" or "FileOrCreate" => kind == NodeFileKind.File,
            "Socket" => kind == NodeFileKind.Socket,
            "CharDevice" => kind == NodeFileKind.CharacterDevice,
            "BlockDevice" => kind == NodeFileKind.BlockDevice,
            _ => false,
        };
        if (!fits)
        {
            throw new NaruException(ErrorKind.FailedPrecondition, $"hostPath type check failed: {path} is not a {Word(type)}");
        }
    }

    private static string Word(string type) => type switch
    {
        "Directory" or "DirectoryOrCreate" => "directory",
        "File" or "FileOrCreate" => "file",
        "Socket" => "socket file",
        "CharDevice" => "character device",
        _ => "block device",
    };
}
