using System.Text;
using Naru.Linux.Archives;

namespace Naru.Images.Tests.Support;

/// <summary>Small archives.</summary>
internal static class Tars
{
    internal static byte[] Of(params (string Name, string Content)[] files)
    {
        var entries = files.Select(file => (Entry(file.Name, file.Content), Encoding.UTF8.GetBytes(file.Content)));
        return Of([.. entries]);
    }

    internal static byte[] Of(params (TarEntry Entry, byte[] Content)[] entries)
    {
        var stream = new MemoryStream();
        using var writer = new TarWriter(stream);
        foreach (var (entry, content) in entries)
        {
            writer.WriteEntryAsync(entry, default).AsTask().GetAwaiter().GetResult();
            writer.WriteAsync(content, default).AsTask().GetAwaiter().GetResult();
        }

        writer.FinishAsync(default).AsTask().GetAwaiter().GetResult();
        return stream.ToArray();
    }

    /// <summary>A name that ends with a slash is a directory.</summary>
    private static TarEntry Entry(string name, string content) => name.EndsWith('/')
        ? new() { Name = name, Kind = TarEntryKind.Directory, Permissions = 0x1ED, Modified = new(1_600_000_000, 3) }
        : new() { Name = name, Kind = TarEntryKind.Regular, Size = Encoding.UTF8.GetByteCount(content), Modified = new(1_600_000_000, 0) };
}
