using System.Text.Json;
using Naru.Core.Lifetime;
using Naru.Linux.Files;

namespace Naru.Sockets;

/// <summary>The limited sockets on disk, one file each.</summary>
internal sealed class LimitedSocketStore(EngineDirectories directories)
{
    private readonly string _directory = directories.DataPath("sockets");

    public IReadOnlyList<LimitedSocket> Load()
    {
        Directory.CreateDirectory(_directory);
        var sockets = new List<LimitedSocket>();
        foreach (var path in Directory.EnumerateFiles(_directory).Order(StringComparer.Ordinal))
        {
            if (AtomicFile.IsLeftover(Path.GetFileName(path)))
            {
                File.Delete(path);
            }
            else
            {
                sockets.Add(JsonSerializer.Deserialize(File.ReadAllBytes(path), LimitedSocketJson.Default.LimitedSocket)!);
            }
        }

        return sockets;
    }

    public void Save(LimitedSocket socket) =>
        AtomicFile.Replace(PathOf(socket.Name), JsonSerializer.SerializeToUtf8Bytes(socket, LimitedSocketJson.Default.LimitedSocket));

    public void Delete(string name)
    {
        File.Delete(PathOf(name));
        AtomicFile.SyncDirectory(_directory);
    }

    private string PathOf(string name) => Path.Combine(_directory, name + ".json");
}
