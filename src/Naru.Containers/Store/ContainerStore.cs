using System.Text.Json;
using Microsoft.Extensions.Logging;
using Naru.Core.Containers;
using Naru.Core.Lifetime;
using Naru.Linux.Files;

namespace Naru.Containers.Store;

/// <summary>
/// Containers on disk: a directory each with <c>container.json</c>, replaced as a whole at every change. A create that was
/// cut short leaves <c>creating.json</c> alone.
/// </summary>
internal sealed partial class ContainerStore(EngineDirectories directories, ILogger<ContainerStore> logger)
{
    private const string FileName = "container.json";
    private const string DraftName = "creating.json";

    private string Root { get; } = directories.DataPath("containers");

    /// <summary>Directory of a container's lasting files.</summary>
    public string DirectoryOf(ContainerId id) => Path.Combine(Root, id.Value);

    /// <summary>Notes a container that is about to be made, so that a crash leaves nothing unknown behind.</summary>
    public void SaveDraft(Container container)
    {
        Directory.CreateDirectory(DirectoryOf(container.Id));
        Write(container, DraftName, durable: false);
    }

    /// <summary>Makes a draft a container; it survives a crash of the machine.</summary>
    public void Commit(Container container)
    {
        Write(container, FileName, durable: true);
        File.Delete(Path.Combine(DirectoryOf(container.Id), DraftName));
    }

    /// <summary>Replaces what is stored; survives the end of this process.</summary>
    public void Save(Container container) => Write(container, FileName, durable: false);

    /// <summary>Forgets a container and its lasting files.</summary>
    public void Delete(ContainerId id)
    {
        var directory = DirectoryOf(id);
        if (Directory.Exists(directory))
        {
            File.Delete(Path.Combine(directory, FileName));
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>Everything stored: whole containers, and drafts that must be undone. Unreadable files are reported and left alone.</summary>
    public (List<Container> Whole, List<Container> Drafts) LoadAll()
    {
        ScatteredDirectory.Create(Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var whole = new List<Container>();
        var drafts = new List<Container>();
        foreach (var directory in Directory.EnumerateDirectories(Root))
        {
            if (TryLoad(Path.Combine(directory, FileName)) is { } container)
            {
                whole.Add(container);
            }
            else if (TryLoad(Path.Combine(directory, DraftName)) is { } draft)
            {
                drafts.Add(draft);
            }
            else if (!File.Exists(Path.Combine(directory, FileName)) && ContainerId.IsValid(Path.GetFileName(directory)))
            {
                Directory.Delete(directory, recursive: true); // a removal that was cut short
            }
        }

        return (whole, drafts);
    }

    private Container? TryLoad(string path)
    {
        try
        {
            var stored = JsonSerializer.Deserialize(File.ReadAllBytes(path), ContainerJson.Default.StoredContainer);
            return stored?.Version == StoredContainer.CurrentVersion ? stored.Container with { ExecIds = [] } : null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception failure) when (failure is JsonException or IOException)
        {
            LogUnreadable(path, failure);
            return null;
        }
    }

    private void Write(Container container, string name, bool durable)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(new StoredContainer(StoredContainer.CurrentVersion, container), ContainerJson.Default.StoredContainer);
        AtomicFile.Replace(Path.Combine(DirectoryOf(container.Id), name), bytes, durable);
    }

    [LoggerMessage(3000, LogLevel.Error, "The stored container {Path} cannot be read")]
    private partial void LogUnreadable(string path, Exception failure);
}
