using System.Text;
using Docker.DotNet;
using Docker.DotNet.Models;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;
using Naru.EndToEnd.Tests.Support;

namespace Naru.EndToEnd.Tests.Libraries;

/// <summary>Docker.DotNet and Testcontainers for .NET, in this process.</summary>
public sealed class DotNetLibraryTests(Engine engine)
{
    [Fact]
    public async Task DockerDotNet_ContainerLife()
    {
        using var client = new DockerClientBuilder().WithEndpoint(new Uri(engine.Required().DockerHost)).Build();
        var token = TestContext.Current.CancellationToken;
        var created = await client.Containers.CreateContainerAsync(new CreateContainerParameters { Image = Engine.Image, Cmd = ["sh", "-c", "read line; echo got $line; echo err >&2"], OpenStdin = true, StdinOnce = true, AttachStdin = true }, token);
        using var stream = await client.Containers.AttachContainerAsync(created.ID, new ContainerAttachParameters { Stream = true, Stdin = true, Stdout = true, Stderr = true }, token);
        await client.Containers.StartContainerAsync(created.ID, new ContainerStartParameters(), token);
        await stream.WriteAsync(Encoding.UTF8.GetBytes("typed\n"), 0, 6, token);
        stream.CloseWrite();
        var (output, error) = await stream.ReadOutputToEndAsync(token);
        Assert.Equal(("got typed\n", "err\n"), (output, error));
        Assert.Equal(0, (await client.Containers.WaitContainerAsync(created.ID, token)).StatusCode);
        Assert.Equal("exited", (await client.Containers.InspectContainerAsync(created.ID, token)).State?.Status?.ToString()?.ToLowerInvariant());
        await client.Containers.RemoveContainerAsync(created.ID, new ContainerRemoveParameters(), token);
        await Assert.ThrowsAsync<DockerContainerNotFoundException>(() => client.Containers.InspectContainerAsync(created.ID, token));
    }

    [Fact]
    public async Task DockerDotNet_SystemImagesNetworksVolumes()
    {
        using var client = new DockerClientBuilder().WithEndpoint(new Uri(engine.Required().DockerHost)).Build();
        var token = TestContext.Current.CancellationToken;
        await client.System.PingAsync(token);
        Assert.NotEmpty((await client.System.GetVersionAsync(token)).APIVersion);
        Assert.NotNull((await client.System.GetSystemInfoAsync(token)).ID);
        Assert.Contains(await client.Images.ListImagesAsync(new ImagesListParameters(), token), image => image.RepoTags?.Contains(Engine.Image) == true);
        var network = await client.Networks.CreateNetworkAsync(new NetworksCreateParameters { Name = "dotnet-" + Guid.NewGuid().ToString("n") }, token);
        Assert.Equal("bridge", (await client.Networks.InspectNetworkAsync(network.ID, token)).Driver);
        await client.Networks.DeleteNetworkAsync(network.ID, token);
        var volume = await client.Volumes.CreateAsync(new VolumesCreateParameters(), token);
        await client.Volumes.RemoveAsync(volume.Name, force: null, cancellationToken: token);
    }

    [Fact]
    public async Task Testcontainers_WaitsForAPortAndReadsFiles()
    {
        Environment.SetEnvironmentVariable("TESTCONTAINERS_RYUK_DISABLED", "true");
        var token = TestContext.Current.CancellationToken;
        await using var network = new NetworkBuilder().WithDockerEndpoint(engine.Required().DockerHost).WithName("tc-" + Guid.NewGuid().ToString("n")).WithCleanUp(false).Build();
        await network.CreateAsync(token);
        await using var container = new ContainerBuilder(Engine.Image)
            .WithDockerEndpoint(engine.DockerHost)
            .WithCleanUp(false)
            .WithNetwork(network)
            .WithNetworkAliases("web")
            .WithEnvironment("WORD", "served")
            .WithResourceMapping(Encoding.UTF8.GetBytes("mapped\n"), "/www/mapped")
            .WithPortBinding(80, assignRandomHostPort: true)
            .WithCommand("sh", "-c", "echo $WORD >/www/index.html; exec httpd -f -v -p 80 -h /www")
            .WithWaitStrategy(Wait.ForUnixContainer().UntilHttpRequestIsSucceeded(request => request.ForPort(80).ForPath("/")))
            .Build();
        await container.StartAsync(token);
        using var http = new HttpClient();
        var address = $"http://{container.Hostname}:{container.GetMappedPublicPort(80)}";
        Assert.Equal("served\n", await http.GetStringAsync($"{address}/", token));
        Assert.Equal("mapped\n", await http.GetStringAsync($"{address}/mapped", token));
        Assert.Equal("mapped\n", Encoding.UTF8.GetString(await container.ReadFileAsync("/www/mapped", token)));
        var exec = await container.ExecAsync(["sh", "-c", "echo in; exit 2"], token);
        Assert.Equal((2L, "in\n"), (exec.ExitCode, exec.Stdout));
        Assert.Equal(TestcontainersStates.Running, container.State);
        await container.StopAsync(token);
        Assert.Equal(TestcontainersStates.Exited, container.State);
    }
}
