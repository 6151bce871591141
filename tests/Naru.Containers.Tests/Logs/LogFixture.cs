using System.Globalization;
using System.Text;
using Naru.Containers.Logs;
using Naru.Core.Containers;
using Naru.Core.Images;
using Naru.Linux.Notify;

namespace Naru.Containers.Tests.Logs;

/// <summary>A log directory, written to as the monitor would, and readers of it.</summary>
internal sealed class LogFixture : IAsyncDisposable
{
    private readonly DescriptorPoller _poller = new();
    private readonly LogWatch _watch;

    internal LogFixture()
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("naru-test-logs-").FullName;
        LogPath = Path.Combine(Directory, "output.log");
        Container = Make(LogPath);
        Containers = new EndingContainers(() => Container);
        _watch = new LogWatch(_poller, TimeProvider.System);
        Logs = new ContainerLogs(Chains, _watch, new Lazy<IContainers>(() => Containers), TimeProvider.System);
    }

    internal string Directory { get; }

    internal string LogPath { get; }

    internal Container Container { get; private set; }

    internal EndingContainers Containers { get; }

    internal LogChains Chains { get; } = new();

    internal ContainerLogs Logs { get; }

    public async ValueTask DisposeAsync()
    {
        await _watch.DisposeAsync();
        _poller.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    internal static string Record(int second, string text, string stream = "stdout", char tag = 'F') =>
        string.Create(CultureInfo.InvariantCulture, $"2026-11-23T07:00:{second:00}.{second:000000000}+00:00 {stream} {tag} {text}\n");

    internal static DateTimeOffset At(int second) => new DateTimeOffset(2026, 11, 23, 7, 0, second, TimeSpan.Zero);

    internal void Write(params string[] records) => File.AppendAllText(LogPath, string.Concat(records));

    internal void End()
    {
        Container = Container with { Status = Container.Status with { Phase = ContainerPhase.Exited } };
        Containers.Ended.TrySetResult(new ContainerExit(0));
    }

    internal async Task<string> ReadAsync(LogQuery? query = null)
    {
        await using var reader = await Logs.OpenAsync(Container, query ?? new LogQuery(), CancellationToken.None);
        return await DrainAsync(reader);
    }

    /// <summary>All pieces as one text; errors in curly brackets.</summary>
    internal static async Task<string> DrainAsync(ILogReader reader, CancellationToken cancellationToken = default)
    {
        var (text, batch) = (new StringBuilder(), new List<LogPiece>());
        while (await reader.ReadAsync(batch, cancellationToken))
        {
            foreach (var piece in batch)
            {
                var content = Encoding.UTF8.GetString(piece.Bytes.Span);
                text.Append(piece.Stream == OutputStream.Error ? $"{{{content}}}" : content);
            }
        }

        return text.ToString();
    }

    private static Container Make(string path) => new()
    {
        Id = ContainerId.New(),
        Name = "c1",
        Created = At(0),
        ImageId = new Digest("sha256:" + new string('0', 64)),
        Spec = new ContainerSpec { Image = "x" },
        Status = new ContainerStatus { Phase = ContainerPhase.Running, Pid = 1 },
        SnapshotKey = "x",
        LogPath = path,
    };
}
