using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Linux.Files;

namespace Naru.Images.Archives;

/// <summary>Files of an archive that was extracted to a directory; names in it never lead outside.</summary>
internal sealed class ArchiveContents(RootedDirectory root)
{
    private const int JsonLimit = 8 << 20;

    internal bool Has(string path) => root.TryStat(path) is { IsRegular: true };

    internal FileStream Open(string path)
    {
        try
        {
            return root.OpenRead(path);
        }
        catch (LinuxException missing)
        {
            throw new NaruException(ErrorKind.InvalidArgument, $"invalid archive: {missing.Message}", missing);
        }
    }

    internal byte[] Read(string path)
    {
        using var file = Open(path);
        if (file.Length > JsonLimit)
        {
            throw NaruException.Invalid($"invalid archive: {path} has {file.Length} bytes where at most {JsonLimit} are allowed");
        }

        var content = new byte[file.Length];
        file.ReadExactly(content);
        return content;
    }

    internal T ReadJson<T>(string path, JsonTypeInfo<T> type) => Parse(Read(path), path, type);

    /// <summary>A blob of an OCI layout, checked against its digest.</summary>
    internal byte[] ReadBlob(Digest digest)
    {
        var content = Read(PathOf(digest));
        return Digest.Of(content) == digest ? content : throw NaruException.Invalid($"invalid archive: blob {digest} has another digest");
    }

    internal static string PathOf(Digest digest) => $"blobs/sha256/{digest.Hex}";

    internal static T Parse<T>(byte[] content, string path, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(content, type) ?? throw new JsonException("null");
        }
        catch (JsonException broken)
        {
            throw new NaruException(ErrorKind.InvalidArgument, $"invalid archive: {path}: {broken.Message}", broken);
        }
    }
}
