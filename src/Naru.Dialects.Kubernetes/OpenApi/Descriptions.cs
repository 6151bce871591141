using System.IO.Compression;

namespace Naru.Dialects.Kubernetes.OpenApi;

/// <summary>What definitions and their fields are for, in the words of the official models. Unpacked when a document is written, and let go afterwards.</summary>
internal static class Descriptions
{
    private static readonly WeakReference<Dictionary<string, string>> Kept = new(null!);

    /// <summary>The words about a definition (<c>io.k8s.api.core.v1.Pod</c>) or a field of it (<c>io.k8s.api.core.v1.Pod.spec</c>); null if there are none.</summary>
    public static string? Of(string name)
    {
        if (!Kept.TryGetTarget(out var all))
        {
            Kept.SetTarget(all = Read());
        }

        return all.GetValueOrDefault(name);
    }

    private static Dictionary<string, string> Read()
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        using var stream = typeof(Descriptions).Assembly.GetManifestResourceStream("descriptions.tsv.gz");
        if (stream is null)
        {
            return all;
        }

        using var unpacked = new GZipStream(stream, CompressionMode.Decompress);
        using var reader = new StreamReader(unpacked);
        while (reader.ReadLine() is { } line)
        {
            var place = line.IndexOf('\t', StringComparison.Ordinal);
            all[line[..place]] = line[(place + 1)..];
        }

        return all;
    }
}
