using System.Text;
using Naru.Containers.Tests.Engine;
using Naru.Core.Containers;
using Naru.Core.Errors;

namespace Naru.Containers.Tests.Logs;

/// <summary>Logs of real containers under the real monitor.</summary>
public sealed class EngineLogTests : IAsyncLifetime
{
    private TestEngine _engine = null!;

    public async ValueTask InitializeAsync() => _engine = await TestEngine.StartAsync();

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task Follow_ContainerWritesManyTimesItsBound_SeesEveryLineAndTheFilesStayBounded()
    {
        const int Lines = 150_000;
        var spec = TestEngine.Shell($"while ! test -e /go; do sleep 0.02; done; seq 1 {Lines}; sleep 0.3; echo end");
        spec = spec with { Log = Options(("max-size", "500k"), ("max-file", "2")) };
        var container = await StartAsync(spec);
        await using var reader = await _engine.Service<IContainerLogs>().OpenAsync(container, new LogQuery { Follow = true }, CancellationToken.None);
        var draining = LogFixture.DrainAsync(reader, TestContext.Current.CancellationToken);

        // Only who reads before the first line sees them all.
        await _engine.PutFileAsync(container.Id.Value, "go");
        var text = await draining;

        Assert.Equal(string.Concat(Enumerable.Range(1, Lines).Select(line => $"{line}\n")) + "end\n", text);
        var files = Directory.GetFiles(Path.GetDirectoryName(container.LogPath)!);
        Assert.InRange(files.Length, 1, 2);
        Assert.True(files.Sum(file => new FileInfo(file).Length) < Lines * 52L, "nothing was rotated away");
    }

    [Fact]
    public async Task Read_EndedContainer_IsByteForByteWhatItWrote()
    {
        var container = await StartAsync(TestEngine.Shell("echo -n 'a\r\nb\n\nno end'; head -c 30000 /dev/zero"));
        await (await _engine.Containers.WaitAsync(container.Id.Value, WaitCondition.NotRunning, CancellationToken.None));
        await using var reader = await _engine.Service<IContainerLogs>().OpenAsync(container, new LogQuery(), CancellationToken.None);

        Assert.Equal("a\r\nb\n\nno end" + new string('\0', 30000), await LogFixture.DrainAsync(reader));
    }

    [Fact]
    public async Task Create_WrongLogOption_IsRefused()
    {
        var failure = await Assert.ThrowsAsync<NaruException>(
            () => _engine.Containers.CreateAsync(TestEngine.Shell("true") with { Log = Options(("nope", "1")) }, null, CancellationToken.None));

        Assert.Equal("unknown log opt 'nope' for json-file log driver", failure.Message);
    }

    private static LogSpec Options(params (string Key, string Value)[] options)
    {
        var spec = new LogSpec { Driver = "json-file" };
        return spec with { Options = spec.Options.AddRange(options.Select(option => KeyValuePair.Create(option.Key, option.Value))) };
    }

    private async Task<Container> StartAsync(ContainerSpec spec)
    {
        var id = (await _engine.Containers.CreateAsync(spec, null, CancellationToken.None)).Container.Id.Value;
        await _engine.Containers.StartAsync(id, CancellationToken.None);
        return _engine.Containers.Get(id);
    }
}
