using System.IO.Pipelines;
using System.Text;
using Naru.Core.Containers;
using Naru.Core.Images;
using Naru.Dialects.Docker.Containers;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Images;
using Naru.Dialects.Http.Routing;

namespace Naru.Dialects.Docker.Tests.Http;

public sealed class ValueTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("1h30m", 5400)]
    [InlineData("500ms", 0.5)]
    [InlineData("-1.5s", -1.5)]
    [InlineData("2us", 0.000002)]
    [InlineData("0", 0)]
    public void Duration_InGosForm_IsRead(string text, double seconds)
    {
        Assert.True(GoTime.TryParseDuration(text, out var duration));
        Assert.Equal(seconds, duration.TotalSeconds, 7);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("h")]
    [InlineData("1x")]
    [InlineData("1..2s")]
    [InlineData("-")]
    [InlineData("99999999999999999999h")]
    public void Duration_Malformed_IsNot(string text) => Assert.False(GoTime.TryParseDuration(text, out _));

    [Theory]
    [InlineData("1700000000", "2023-11-14T22:13:20Z")]
    [InlineData("1700000000.123456789", "2023-11-14T22:13:20.1234567Z")]
    [InlineData("2026-01-02T03:04:05.5Z", "2026-01-02T03:04:05.5Z")]
    [InlineData("2026-01-02", "2026-01-02T00:00:00Z")]
    [InlineData("10m", "2026-11-23T11:50:00Z")]
    public void Moment_InAnyForm_IsRead(string text, string expected) => Assert.Equal(expected, GoTime.Format(GoTime.ParseMoment(text, Now)));

    [Fact]
    public void Time_Unset_IsGosZero() => Assert.Equal("0001-01-01T00:00:00Z", GoTime.Format(null));

    [Theory]
    [InlineData("{\"label\":{\"a=b\":true}}")]
    [InlineData("{\"label\":[\"a=b\"]}")]
    public void Filters_InBothForms_AreTheSame(string text) => Assert.Equal(["a=b"], Filters.Parse(text)["label"]);

    [Fact]
    public void Filters_OfLabels_AllWantedAndNoneUnwanted()
    {
        var labels = new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" };
        Assert.True(Filters.Parse("""{"label":["a=1","b"]}""").MatchesLabels(labels));
        Assert.False(Filters.Parse("""{"label":["a=2"]}""").MatchesLabels(labels));
        Assert.False(Filters.Parse("""{"label!":["b"]}""").MatchesLabels(labels));
        Assert.True(Filters.Parse("""{"label!":["c"]}""").MatchesLabels(labels));
    }

    [Theory]
    [InlineData("/images/{name*}/json", "/images/a/b:1/json", "a/b:1")]
    [InlineData("/images/{name*}/json", "/images/x/json", "x")]
    [InlineData("/containers/{id}/start", "/containers/abc/start", "abc")]
    public void Pattern_Matching_TakesTheName(string pattern, string path, string name)
    {
        Assert.True(new RoutePattern(pattern).TryMatch(path.Trim('/').Split('/'), out var values));
        Assert.Equal(name, values.First);
    }

    [Theory]
    [InlineData("/images/{name*}/json", "/images/json")]
    [InlineData("/images/{name*}/json", "/images//json")]
    [InlineData("/containers/{id}/start", "/containers/a/b/start")]
    [InlineData("/containers/{id}/start", "/containers//start")]
    public void Pattern_OfAnotherPath_DoesNotMatch(string pattern, string path) => Assert.False(new RoutePattern(pattern).TryMatch(path.Trim('/').Split('/'), out _));

    [Fact]
    public async Task Log_WithTimes_HasNineDigitsInsideTheFrame()
    {
        var pipe = new Pipe();
        var form = new LogForm(raw: false, timestamps: true, details: "k=v ");
        form.Write(pipe.Writer, new LogPiece(OutputStream.Error, 1_795_398_309_861_341_652, "line\n"u8.ToArray(), Starts: true));
        form.Write(pipe.Writer, new LogPiece(OutputStream.Error, 1_795_398_309_000_000_007, "more"u8.ToArray(), Starts: true));
        form.Write(pipe.Writer, new LogPiece(OutputStream.Output, 0, " rest\n"u8.ToArray(), Starts: false));
        await pipe.Writer.CompleteAsync();
        var bytes = (await pipe.Reader.ReadAsync(TestContext.Current.CancellationToken)).Buffer;
        var text = Encoding.Latin1.GetString(System.Buffers.BuffersExtensions.ToArray(bytes));
        Assert.Equal("\u0002\0\0\0\0\0\0\u0028" + "2026-11-23T01:45:09.861341652Z k=v line\n" + "\u0002\0\0\0\0\0\0\u0027" + "2026-11-23T01:45:09.000000007Z k=v more" + "\u0001\0\0\0\0\0\0\u0006" + " rest\n", text);
    }

    [Fact]
    public async Task Log_Joined_SharesFramesWithinOneStream()
    {
        var pipe = new Pipe();
        var form = new LogForm(raw: false, timestamps: false, details: "");
        List<LogPiece> batch =
        [
            new(OutputStream.Output, 0, "a\n"u8.ToArray(), Starts: true),
            new(OutputStream.Output, 0, "b\n"u8.ToArray(), Starts: true),
            new(OutputStream.Error, 0, "c\n"u8.ToArray(), Starts: true),
        ];
        form.Write(pipe.Writer, batch, joined: true);
        form.Write(pipe.Writer, batch[..2], joined: false);
        await pipe.Writer.CompleteAsync();
        var bytes = (await pipe.Reader.ReadAsync(TestContext.Current.CancellationToken)).Buffer;
        var text = Encoding.Latin1.GetString(System.Buffers.BuffersExtensions.ToArray(bytes));
        Assert.Equal("\u0001\0\0\0\0\0\0\u0004a\nb\n\u0002\0\0\0\0\0\0\u0002c\n\u0001\0\0\0\0\0\0\u0002a\n\u0001\0\0\0\0\0\0\u0002b\n", text);
    }

    [Theory]
    [InlineData(0x81A4u, 420u)]
    [InlineData(0x41EDu, 0x80000000u + 493)]
    [InlineData(0xA1FFu, 0x8000000u + 511)]
    [InlineData(0x43FFu, 0x80000000u + 0x100000 + 511)]
    public void FileMode_OfTheKernel_IsGos(uint kernel, uint go) => Assert.Equal(go, GoFileMode.From(kernel));

    [Fact]
    public void Changes_OfEveryKind_AreApplied()
    {
        var config = ConfigChanges.Apply(
            new ImageConfig { Environment = ["A=1", "B=2"], Command = ["old"] },
            ["CMD [\"a\",\"b\"]", "ENV A=3 C=\"x y\"", "EXPOSE 80 53/udp", "LABEL l=\"a b\" m=n", "USER me", "VOLUME /v", "WORKDIR /w\nWORKDIR sub", "STOPSIGNAL SIGINT", "HEALTHCHECK --interval=5s CMD true", "ONBUILD RUN x"]);
        Assert.Equal(["a", "b"], config.Command!.Value);
        Assert.Equal(["A=3", "B=2", "C=x y"], config.Environment.Order(StringComparer.Ordinal));
        Assert.Equal(["80/tcp", "53/udp"], config.ExposedPorts);
        Assert.Equal(("a b", "n"), (config.Labels!["l"], config.Labels["m"]));
        Assert.Equal(("me", "/w/sub", "SIGINT"), (config.User, config.WorkingDirectory, config.StopSignal));
        Assert.Equal(["CMD-SHELL", "true"], config.HealthCheck!.Test);
        Assert.Equal(TimeSpan.FromSeconds(5), config.HealthCheck.Interval);
        Assert.Equal(["/v"], config.Volumes);
        Assert.Equal(["RUN x"], config.OnBuild);
        Assert.Equal(["/bin/sh", "-c", "echo $x"], ConfigChanges.Apply(new ImageConfig(), ["ENTRYPOINT echo $x"]).Entrypoint!.Value);
    }

    [Theory]
    [InlineData("FROM x")]
    [InlineData("CMD")]
    [InlineData("ENV A")]
    [InlineData("EXPOSE x")]
    [InlineData("HEALTHCHECK what")]
    [InlineData("SHELL /bin/sh")]
    public void Changes_Malformed_AreRefused(string change) =>
        Assert.Equal(400, Assert.Throws<DockerException>(() => ConfigChanges.Apply(new ImageConfig(), [change])).Status);

    [Theory]
    [InlineData("busybox:latest", "busybox", true)]
    [InlineData("busybox:latest", "busy*", true)]
    [InlineData("busybox:latest", "busybox:late*", true)]
    [InlineData("a/b:1", "a*", false)]
    [InlineData("a/b:1", "a/*", true)]
    [InlineData("busybox:latest", "box", false)]
    public void Reference_Pattern_StopsAtSlashes(string name, string pattern, bool matches) => Assert.Equal(matches, ImageListing.Matches(name, pattern, ':'));

    [Theory]
    [InlineData("https://index.docker.io/v1/", "docker.io")]
    [InlineData("localhost:5000", "localhost:5000")]
    [InlineData("https://ghcr.io/v2/", "ghcr.io")]
    public void Registry_HoweverWritten_IsItsHost(string server, string host) => Assert.Equal(host, RegistryAuth.HostOf(server));

    [Theory]
    [InlineData(0.5, "Less than a second")]
    [InlineData(1, "1 second")]
    [InlineData(59, "59 seconds")]
    [InlineData(60, "About a minute")]
    [InlineData(3540, "59 minutes")]
    [InlineData(3600, "About an hour")]
    [InlineData(7300, "2 hours")]
    [InlineData(200000, "2 days")]
    public void Span_ForPeople_IsDockersWords(double seconds, string words) => Assert.Equal(words, StateWords.Human(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Bar_HalfWay_IsDockersBar() =>
        Assert.Equal("[=========================>                         ]     512B/1.024kB", ProgressStream.Bar(512, 1024));
}
