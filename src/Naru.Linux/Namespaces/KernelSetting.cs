namespace Naru.Linux.Namespaces;

/// <summary>Sysctls. Those under net belong to the network namespace of the calling thread.</summary>
public static class KernelSetting
{
    /// <summary>The value without its line end, or null if the kernel has no such setting. <paramref name="name"/> is slash-separated: net/ipv4/ip_forward.</summary>
    public static string? Read(string name)
    {
        var path = PathOf(name);
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Sets a value unless it is set already. False if the kernel has no such setting; <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> if it refuses.</summary>
    public static bool Write(string name, string value)
    {
        var current = Read(name);
        if (current is null)
        {
            return false;
        }

        if (current != value)
        {
            using var file = new FileStream(PathOf(name), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            file.Write(System.Text.Encoding.ASCII.GetBytes(value));
        }

        return true;
    }

    private static string PathOf(string name)
    {
        if (name.Split('/').Any(static part => part is "" or "." or ".."))
        {
            throw new ArgumentException($"'{name}' is not the name of a kernel setting", nameof(name));
        }

        return "/proc/sys/" + name;
    }
}
