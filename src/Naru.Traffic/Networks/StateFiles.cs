using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Naru.Traffic.Networks;

/// <summary>One small JSON file for each thing in a directory, replaced whole.</summary>
/// <param name="directory">Made when missing, 0700.</param>
/// <param name="type">How it is written.</param>
/// <param name="durable">Flush to the disk: for what must survive a loss of power, not only a killed process.</param>
internal sealed class StateFiles<T>(string directory, JsonTypeInfo<T> type, bool durable)
    where T : class
{
    /// <summary>All that can be read; files that cannot are handed to <paramref name="broken"/> and left alone.</summary>
    internal List<T> Load(Action<string> broken)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var found = new List<T>();
        foreach (var path in Directory.EnumerateFiles(directory, "*.json"))
        {
            try
            {
                found.Add(JsonSerializer.Deserialize(File.ReadAllBytes(path), type) ?? throw new JsonException("empty"));
            }
            catch (JsonException)
            {
                broken(path);
            }
        }

        return found;
    }

    internal void Write(string name, T value)
    {
        var path = PathOf(name);
        var fresh = path + ".new";
        using (var file = new FileStream(fresh, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            file.Write(JsonSerializer.SerializeToUtf8Bytes(value, type));
            if (durable)
            {
                file.Flush(flushToDisk: true);
            }
        }

        File.Move(fresh, path, overwrite: true);
    }

    internal void Delete(string name) => File.Delete(PathOf(name));

    private string PathOf(string name) => Path.Combine(directory, name + ".json");
}
