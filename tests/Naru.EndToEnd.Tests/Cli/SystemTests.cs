using Naru.EndToEnd.Tests.Support;

namespace Naru.EndToEnd.Tests.Cli;

/// <summary>What the engine says about itself.</summary>
public sealed class SystemTests(Engine engine)
{
    [Theory]
    [InlineData("version")]
    [InlineData("info")]
    [InlineData("system|df")]
    [InlineData("system|df|-v")]
    [InlineData("ps|-a|-s")]
    [InlineData("images|-a|--digests")]
    [InlineData("network|ls")]
    [InlineData("volume|ls")]
    [InlineData("plugin|ls")]
    public async Task Command_OldAndNewClient_Succeeds(string words)
    {
        foreach (var docker in (string[])[Clients.Docker, Clients.OldDocker])
        {
            var result = await engine.RunAsync(docker, words.Split('|'));
            Assert.True(result.ExitCode == 0 && !result.Error.Contains("ERROR", StringComparison.Ordinal), $"{docker} {words}: {result}");
        }
    }

    [Theory]
    [InlineData("service|ls")]
    [InlineData("node|ls")]
    [InlineData("stack|ls")]
    [InlineData("secret|ls")]
    [InlineData("config|ls")]
    public async Task SwarmCommand_OutsideOfASwarm_SaysHowToStartOne(string words)
    {
        var result = await engine.DockerAsync(words.Split('|'));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node to swarm and try again.", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.24")]
    [InlineData("1.30")]
    [InlineData("1.41")]
    public async Task OldApiVersion_RunWorks(string version)
    {
        var result = await engine.RunAsync(Clients.OldDocker, ["run", "--rm", Engine.Image, "echo", "old"], also: new Dictionary<string, string> { ["DOCKER_API_VERSION"] = version });
        Assert.Equal((0, "old\n"), (result.ExitCode, result.Output));
    }

    [Fact]
    public async Task Info_SaysThatContainersOutliveTheEngine() =>
        Assert.Equal("true", await engine.DockerOkAsync("info", "-f", "{{.LiveRestoreEnabled}}"));

    [Fact]
    public async Task SystemPrune_IsHarmlessToWhatIsUsed()
    {
        await using var scene = new Scene(engine.Required());
        var name = await scene.SleeperAsync("used");
        var result = await engine.DockerOkAsync("system", "prune", "-f", "--filter", "label=nosuchlabel");
        Assert.Contains("Total reclaimed space: 0B", result, StringComparison.Ordinal);
        Assert.Equal("true", await engine.DockerOkAsync("inspect", "-f", "{{.State.Running}}", name));
    }
}
