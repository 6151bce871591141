namespace Naru.Testing;

/// <summary>A directory of the test's own under /tmp, removed at the end.</summary>
public sealed class TempDirectory : IDisposable
{
    public TempDirectory() => Path = Directory.CreateTempSubdirectory("naru-test-").FullName;

    public string Path { get; }

    /// <summary>A path inside, with all directories above it made.</summary>
    public string At(string relative)
    {
        var path = System.IO.Path.Combine(Path, relative);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        return path;
    }

    /// <summary>A directory inside.</summary>
    public string Sub(string relative) => Directory.CreateDirectory(System.IO.Path.Combine(Path, relative)).FullName;

    /// <summary>Writes a file inside and returns its path.</summary>
    public string Write(string relative, string content)
    {
        var path = At(relative);
        File.WriteAllText(path, content);
        return path;
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A name that is no UTF-8, or something that is still mounted: the test itself will have said so.
            Running.Command.Run("rm", ["-rf", "--one-file-system", Path]);
        }
    }
}
