using System.Text;
using Naru.Containers.Logs;
using Naru.Core.Containers;
using Naru.Core.Lifetime;

namespace Naru.Containers.Tests.Logs;

public sealed class LogRotationTests : IAsyncDisposable
{
    private readonly LogFixture _fixture = new();
    private readonly EngineDirectories _directories;
    private readonly LogRotator _rotator;

    public LogRotationTests()
    {
        _directories = new EngineDirectories(_fixture.Directory, Path.Combine(_fixture.Directory, "run"), "00000000");
        _rotator = new LogRotator(_fixture.Chains, _directories, TimeProvider.System);
    }

    private string Bundle => _directories.RunPath("containers", _fixture.Container.Id.Value);

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Rotate_WriterAtFullSpeed_BoundsFilesAndFollowersMissNothing()
    {
        const int Lines = 60_000;
        _fixture.Write("");
        using var monitor = new FakeMonitor(_fixture.LogPath, Bundle);
        await using var quick = await _fixture.Logs.OpenAsync(_fixture.Container, new LogQuery { Follow = true }, CancellationToken.None);
        await using var slow = await _fixture.Logs.OpenAsync(_fixture.Container, new LogQuery { Follow = true }, CancellationToken.None);
        var reading = Task.Run(() => LogFixture.DrainAsync(quick));

        // How often there is time for a rotation meanwhile is the machine's business.
        var writing = Task.Run(() => monitor.Write(Lines, leastRotations: 3));
        while (!writing.IsCompleted)
        {
            if (new FileInfo(_fixture.LogPath).Length > 200_000)
            {
                await _rotator.RotateAsync(_fixture.Container.Id.Value, _fixture.LogPath, 3, CancellationToken.None);
            }
        }

        var written = await writing;
        _fixture.End();
        var expected = string.Concat(Enumerable.Range(0, written).Select(line => $"line {line}\n"));

        Assert.True(monitor.Rotations > 2, $"{monitor.Rotations} rotations");
        Assert.Equal(expected, await reading);
        Assert.Equal(expected, await LogFixture.DrainAsync(slow));
        Assert.Equal(["output.log", "output.log.1", "output.log.2"], Names());
        Assert.EndsWith(await _fixture.ReadAsync(), expected);
    }

    [Fact]
    public async Task Rotate_AfterACrashBehindTheLink_GoesOnWithoutLosingAFile()
    {
        File.WriteAllText(_fixture.LogPath + ".1", LogFixture.Record(1, "old"));
        using var monitor = new FakeMonitor(_fixture.LogPath, Bundle);
        monitor.Write(1);
        await LinkOnlyAsync();
        Assert.Equal("old\nline 0\n", await _fixture.ReadAsync());

        var rotating = Task.Run(() => _rotator.RotateAsync(_fixture.Container.Id.Value, _fixture.LogPath, 3, CancellationToken.None));
        while (monitor.Rotations == 0)
        {
            monitor.Write(1);
        }

        Assert.True(await rotating);
        Assert.Equal(["output.log", "output.log.1", "output.log.2"], Names());
        Assert.StartsWith("old\nline 0\nline 0\n", await _fixture.ReadAsync());
    }

    [Fact]
    public async Task Rotate_NoMonitor_KeepsEverything()
    {
        _fixture.Write(LogFixture.Record(1, "one"));
        Assert.False(await _rotator.RotateAsync(_fixture.Container.Id.Value, _fixture.LogPath, 3, CancellationToken.None));

        Assert.Equal("one\n", await _fixture.ReadAsync());
    }

    private async Task LinkOnlyAsync()
    {
        // What a run of naru leaves that dies between the link and the request: the shift is done, one file has two names.
        File.Move(_fixture.LogPath + ".1", _fixture.LogPath + ".2");
        using var directory = Naru.Linux.Files.RootedDirectory.Open(_fixture.Directory);
        directory.CreateHardLink("output.log.1", "output.log");
        await Task.CompletedTask;
    }

    private string?[] Names() => [.. Directory.GetFiles(_fixture.Directory).Select(Path.GetFileName).Order(StringComparer.Ordinal)];
}
