using System.Collections.Immutable;
using System.Text;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Images.Formats;

namespace Naru.Images.Tests.Formats;

public sealed class ConfigFilesTests
{
    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        var created = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddTicks(1234567);
        var draft = new ImageDraft
        {
            Author = "me",
            Comment = "c",
            Created = created,
            Layers = LayerChain.Empty.Push(Digest.Of("a"u8)),
            History = [new() { Created = created, CreatedBy = "/bin/sh -c x", EmptyLayer = true }],
            Config = new()
            {
                User = "1:2",
                ExposedPorts = ["80/tcp", "53/udp"],
                Environment = ["A=b", "C=한"],
                Entrypoint = ["/e"],
                Command = [],
                Volumes = ["/data"],
                WorkingDirectory = "/w",
                Labels = ImmutableSortedDictionary<string, string>.Empty.Add("k", "v"),
                StopSignal = "SIGINT",
                StopTimeout = TimeSpan.FromSeconds(7),
                HealthCheck = new() { Test = ["CMD", "true"], Interval = TimeSpan.FromMilliseconds(1500), Retries = 2 },
                OnBuild = ["RUN x"],
                Shell = ["/bin/bash", "-c"],
            },
        };

        var bytes = ConfigFiles.Write(draft, new() { Os = "linux", Architecture = "arm", Variant = "v7" }, DateTimeOffset.UnixEpoch);
        var image = ConfigFiles.Read(bytes);

        Assert.Equal(Digest.Of(bytes), image.Id);
        Assert.Equal((created, "me", "c"), (image.Created!.Value, image.Author, image.Comment));
        Assert.Equal("linux/arm/v7", image.Platform.ToString());
        Assert.Equal(draft.Layers, image.Layers);
        Assert.Equal(draft.History, image.History);
        Assert.Equal(["53/udp", "80/tcp"], image.Config.ExposedPorts.Order(StringComparer.Ordinal));
        Assert.Equal(draft.Config.Environment, image.Config.Environment);
        Assert.Equal(["/e"], image.Config.Entrypoint!.Value);
        Assert.Empty(image.Config.Command!.Value);
        Assert.Equal("v", image.Config.Labels!["k"]);
        Assert.Equal(TimeSpan.FromSeconds(7), image.Config.StopTimeout);
        Assert.Equal(TimeSpan.FromMilliseconds(1500), image.Config.HealthCheck!.Interval);
        Assert.Equal(2, image.Config.HealthCheck.Retries);
        Assert.Null(image.Config.HealthCheck.Timeout);
        Assert.Equal(["/bin/bash", "-c"], image.Config.Shell!.Value);
    }

    [Fact]
    public void Read_SparseFileOfAnotherMaker_HasDefaults()
    {
        var image = ConfigFiles.Read(Encoding.UTF8.GetBytes(
            """{"created":"0001-01-01T00:00:00Z","rootfs":{"diff_ids":[]},"config":{"Cmd":null,"Labels":null,"Unknown":{"x":[1]}},"history":null}"""));

        Assert.Null(image.Created);
        Assert.Null(image.Config.Command);
        Assert.Null(image.Config.Labels);
        Assert.Equal("linux", image.Platform.Os);
        Assert.Empty(image.Layers.DiffIds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"rootfs":{"diff_ids":["../../etc"]}}""")]
    [InlineData("""{"rootfs":{"diff_ids":"x"}}""")]
    [InlineData("""{"config":{"Env":{"a":1}},"rootfs":{"diff_ids":[]}}""")]
    public void Read_NoConfiguration_IsRefused(string text) =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<NaruException>(() => ConfigFiles.Read(Encoding.UTF8.GetBytes(text))).Kind);

    [Fact]
    public void Choose_Variants_TakesTheExactOneFirst()
    {
        Descriptor[] entries = [Entry("arm", "v6"), Entry("arm", "v7"), Entry("amd64", null), Entry("unknown", null)];

        Assert.Same(entries[1], PlatformChoice.Choose(entries, new() { Os = "linux", Architecture = "arm", Variant = "v7" }));
        Assert.Same(entries[0], PlatformChoice.Choose(entries, new() { Os = "linux", Architecture = "arm" }));
        Assert.Null(PlatformChoice.Choose(entries, new() { Os = "linux", Architecture = "s390x" }));
        Assert.Null(PlatformChoice.Choose([], null));
    }

    private static Descriptor Entry(string architecture, string? variant) =>
        new() { Platform = new() { Os = "linux", Architecture = architecture, Variant = variant } };
}
