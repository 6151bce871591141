using System.Collections.Immutable;
using Naru.Core.Containers;
using Naru.Core.Images;
using Naru.Core.Networks;

namespace Naru.Core.Tests.Containers;

public sealed class ImageDefaultsTests
{
    private static readonly ImageConfig Image = new()
    {
        Entrypoint = ["/entry"],
        Command = ["serve"],
        Environment = ["PATH=/bin", "MODE=image"],
        User = "app",
        WorkingDirectory = "/srv",
        ExposedPorts = ["80/tcp"],
        Volumes = ["/data"],
        Labels = ImmutableSortedDictionary<string, string>.Empty.Add("a", "image").Add("b", "image"),
        HealthCheck = new HealthCheckSpec { Test = ["CMD", "true"], Retries = 7 },
    };

    [Fact]
    public void Merge_NothingAsked_TakesTheImage()
    {
        var merged = Merge(new ProcessSpec());

        Assert.Equal(["/entry"], merged.Process.Entrypoint!.Value);
        Assert.Equal(["serve"], merged.Process.Command!.Value);
        Assert.Equal(("app", "/srv"), (merged.Process.User, merged.Process.WorkingDirectory));
    }

    [Fact]
    public void Merge_CommandAsked_KeepsTheEntryPoint()
    {
        var merged = Merge(new ProcessSpec { Command = ["sh"] });

        Assert.Equal(["/entry"], merged.Process.Entrypoint!.Value);
        Assert.Equal(["sh"], merged.Process.Command!.Value);
    }

    [Fact]
    public void Merge_EntryPointAsked_DropsTheImagesCommand()
    {
        var merged = Merge(new ProcessSpec { Entrypoint = ["/other"] });

        Assert.Equal(["/other"], merged.Process.Entrypoint!.Value);
        Assert.Null(merged.Process.Command);
    }

    [Fact]
    public void Merge_EmptyWordAsEntryPoint_ClearsIt()
    {
        var merged = Merge(new ProcessSpec { Entrypoint = [""], Command = ["sh"] });

        Assert.Null(merged.Process.Entrypoint);
        Assert.Equal(["sh"], merged.Process.Command!.Value);
    }

    [Fact]
    public void Merge_Environment_CallersValueWinsAndComesFirst() =>
        Assert.Equal(["MODE=mine", "X=1", "PATH=/bin"], Merge(new ProcessSpec { Environment = ["MODE=mine", "X=1"] }).Process.Environment);

    [Fact]
    public void Merge_LabelsPortsVolumes_AreUnited()
    {
        var asked = new ContainerSpec
        {
            Image = "x",
            Labels = ImmutableSortedDictionary<string, string>.Empty.Add("a", "mine"),
            AnonymousVolumes = ["/cache"],
            Network = new ContainerNetworkSpec { Exposed = [new PortSpec(53, "udp")] },
        };

        var merged = ImageDefaults.Merge(asked, Image);

        Assert.Equal(["mine", "image"], merged.Labels.Values);
        Assert.Equal(["/cache", "/data"], merged.AnonymousVolumes);
        Assert.Equal([new PortSpec(53, "udp"), new PortSpec(80, "tcp")], merged.Network.Exposed);
    }

    [Fact]
    public void Merge_HealthCheck_FieldByField()
    {
        var asked = new ContainerSpec { Image = "x", HealthCheck = new HealthCheckSpec { Interval = TimeSpan.FromSeconds(1) } };

        var merged = ImageDefaults.Merge(asked, Image).HealthCheck!;

        Assert.Equal(["CMD", "true"], merged.Test);
        Assert.Equal((TimeSpan.FromSeconds(1), 7), (merged.Interval, merged.Retries));
    }

    private static ContainerSpec Merge(ProcessSpec process) => ImageDefaults.Merge(new ContainerSpec { Image = "x", Process = process }, Image);
}
