using Naru.EndToEnd.Tests.Support;
using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Libraries;

/// <summary>Programs written with other people's libraries, in the languages those are for.</summary>
public sealed class ScriptedLibraryTests(Engine engine)
{
    private static string Here { get; } = Path.Combine(AppContext.BaseDirectory, "Libraries");

    [Fact]
    public async Task DockerPy_EveryBehaviour_Holds()
    {
        engine.Required();
        Clients.Need("/usr/bin/python3");
        Assert.SkipUnless(Command.Run("/usr/bin/python3", ["-c", "import docker"]).ExitCode == 0, "python3-docker is not installed");
        var result = await Command.RunAsync("/usr/bin/python3", ["-W", "ignore", $"{Here}/docker_py.py"], environment: engine.Environment, limit: TimeSpan.FromMinutes(8));
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    [Fact]
    public async Task Dockerode_EveryBehaviour_Holds()
    {
        engine.Required();
        Clients.Need("node");
        Assert.SkipUnless(Directory.Exists($"{Clients.NodeModules}/dockerode"), $"dockerode is not in {Clients.NodeModules} (tests/clients/install brings it)");
        var result = await Command.RunAsync("node", [$"{Here}/dockerode.js"], environment: new Dictionary<string, string>(engine.Environment) { ["NODE_PATH"] = Clients.NodeModules });
        Assert.True(result.ExitCode == 0 && !result.Output.Contains("not ok", StringComparison.Ordinal), result.ToString());
    }
}
