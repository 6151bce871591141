using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Naru.Testing.Images;

/// <summary>An image in the layout of <c>docker save</c>, made without a registry or an engine.</summary>
public sealed class ImageArchive
{
    private readonly List<(string Digest, byte[] Tar)> _layers = [];

    public required IReadOnlyList<string> Tags { get; init; }

    public IReadOnlyList<string> Command { get; init; } = ["sh"];

    public IReadOnlyList<string> Environment { get; init; } = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"];

    public string Architecture { get; init; } = "amd64";

    public ImageArchive Layer(byte[] tar)
    {
        _layers.Add((Hex(tar), tar));
        return this;
    }

    /// <summary>The image's configuration as JSON; its SHA-256 is the image's id.</summary>
    public byte[] Configuration()
    {
        var history = new JsonArray();
        for (var index = 0; index < _layers.Count; index++)
        {
            history.Add(new JsonObject { ["created"] = "2020-01-01T00:00:00Z", ["created_by"] = $"layer {index}" });
        }

        var configuration = new JsonObject
        {
            ["architecture"] = Architecture,
            ["os"] = "linux",
            ["created"] = "2020-01-01T00:00:00Z",
            ["config"] = new JsonObject { ["Cmd"] = Strings(Command), ["Env"] = Strings(Environment) },
            ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = Strings(_layers.Select(layer => "sha256:" + layer.Digest)) },
            ["history"] = history,
        };
        return System.Text.Encoding.UTF8.GetBytes(configuration.ToJsonString());
    }

    public string Id() => "sha256:" + Hex(Configuration());

    /// <summary>Writes the archive to a stream; layers are stored uncompressed.</summary>
    public void Write(Stream target)
    {
        var configuration = Configuration();
        var name = Hex(configuration) + ".json";
        using var writer = new TarWriter(target, TarEntryFormat.Pax, leaveOpen: true);
        Put(writer, name, configuration);
        foreach (var (digest, tar) in _layers.DistinctBy(layer => layer.Digest))
        {
            Put(writer, $"{digest}/layer.tar", tar);
        }

        var manifest = new JsonArray(new JsonObject
        {
            ["Config"] = name,
            ["RepoTags"] = Strings(Tags),
            ["Layers"] = Strings(_layers.Select(layer => $"{layer.Digest}/layer.tar")),
        });
        Put(writer, "manifest.json", System.Text.Encoding.UTF8.GetBytes(manifest.ToJsonString()));
    }

    public string WriteTo(string path)
    {
        using var file = File.Create(path);
        Write(file);
        return path;
    }

    private static JsonArray Strings(IEnumerable<string> values) => new(values.Select(value => (JsonNode)value).ToArray());

    private static string Hex(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static void Put(TarWriter writer, string name, byte[] content) =>
        writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name)
        {
            DataStream = new MemoryStream(content, writable: false),
            ModificationTime = DateTimeOffset.UnixEpoch,
        });
}
