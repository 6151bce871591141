using System.Collections.Immutable;
using System.Text;
using Naru.Core.Containers;
using Naru.Core.Errors;

namespace Naru.Dialects.Docker.Tests.Fakes;

internal sealed class FakeFiles : IContainerFiles
{
    public List<string> Extracted { get; } = [];

    public Task<FileEntry> StatAsync(Container container, string path, CancellationToken cancellationToken) => path == "/there"
        ? Task.FromResult(new FileEntry("there", 5, 0x81A4, FakeContainers.Birth, ""))
        : throw NaruException.NotFound($"Could not find the file {path} in container {container.Name}");

    public async Task<FileArchive> OpenArchiveAsync(Container container, string path, CancellationToken cancellationToken) => new(
        await StatAsync(container, path, cancellationToken),
        (destination, token) => destination.WriteAsync("tar"u8.ToArray(), token).AsTask());

    public async Task ExtractAsync(Container container, string path, Stream archive, ExtractOptions options, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(archive);
        Extracted.Add($"{path} {await reader.ReadToEndAsync(cancellationToken)} {options.KeepDirectories}");
    }

    public Task ExportAsync(Container container, Stream destination, CancellationToken cancellationToken) => destination.WriteAsync("root"u8.ToArray(), cancellationToken).AsTask();

    public Task<ImmutableArray<FileChange>> ChangesAsync(Container container, CancellationToken cancellationToken) =>
        Task.FromResult<ImmutableArray<FileChange>>([new FileChange("/new", FileChangeKind.Added)]);
}

internal sealed class FakeLogs : IContainerLogs
{
    public LogQuery? Asked { get; private set; }

    public List<LogPiece> Pieces { get; } = [];

    public Task<ILogReader> OpenAsync(Container container, LogQuery query, CancellationToken cancellationToken)
    {
        Asked = query;
        return Task.FromResult<ILogReader>(new Reader([.. Pieces]));
    }

    public void Add(OutputStream stream, string text, long nanoseconds) => Pieces.Add(new LogPiece(stream, nanoseconds, Encoding.UTF8.GetBytes(text), true));

    private sealed class Reader(LogPiece[] pieces) : ILogReader
    {
        private int _next;

        public ValueTask<bool> ReadAsync(List<LogPiece> batch, CancellationToken cancellationToken)
        {
            batch.Clear();
            if (_next == pieces.Length)
            {
                return ValueTask.FromResult(false);
            }
            batch.Add(pieces[_next++]);
            return ValueTask.FromResult(true);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

internal sealed class FakeUsage : IContainerUsage
{
    public Task<UsageSample> SampleAsync(Container container, CancellationToken cancellationToken) => Task.FromResult(new UsageSample
    {
        At = FakeContainers.Birth,
        CpuTotal = 1000,
        HostCpu = 5000,
        Processors = 2,
        Memory = 4096,
        MemoryLimit = 8192,
        Pids = 3,
        Links = ImmutableSortedDictionary<string, LinkCounters>.Empty,
    });

    public Task<DiskUse> DiskAsync(Container container, CancellationToken cancellationToken) => Task.FromResult(new DiskUse(10, 110));
}
