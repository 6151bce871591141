using Naru.EndToEnd.Tests.Support;
using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Compose;

/// <summary>A project of three services with docker-compose 1.29 and with Compose v2, neither modified.</summary>
public sealed class ComposeTests(Engine engine)
{
    private const string Project = """
        version: "2.4"
        services:
          web:
            image: busybox:latest
            command: sh -c "mkdir -p /www; echo from-$$NAME >/www/index.html; exec httpd -f -p 80 -h /www"
            environment:
              NAME: web
            ports:
              - "PORT:80"
            volumes:
              - data:/data
            healthcheck:
              test: wget -q -O /dev/null http://127.0.0.1/
              interval: 1s
              retries: 20
            stop_signal: SIGKILL
          client:
            image: busybox:latest
            command: sh -c "wget -q -O - http://web/ && wget -q -O - http://alias-of-web/ ; exec sleep 1000"
            depends_on:
              web:
                condition: service_healthy
            links:
              - web:alias-of-web
            volumes:
              - data:/data:ro
            stop_signal: SIGKILL
          built:
            build: ./built
            stop_signal: SIGKILL
            networks:
              back:
                aliases: [other]
        networks:
          back: {}
        volumes:
          data: {}
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task UpPsLogsExecScaleDown(bool second)
    {
        await using var scene = new Scene(engine.Required());
        var folder = scene.Folder();
        var port = LoopbackPorts.Free();
        var name = "e2e" + Guid.NewGuid().ToString("n")[..6];
        Directory.CreateDirectory($"{folder}/built");
        await File.WriteAllTextAsync($"{folder}/built/Dockerfile", $"FROM {Engine.Image}\nRUN echo built >/made\nCMD [\"sleep\",\"1000\"]\n");
        await File.WriteAllTextAsync($"{folder}/docker-compose.yml", Project.Replace("PORT", port.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));

        try
        {
            await OkAsync("up", "-d");
            using var http = new HttpClient();
            Assert.Equal("from-web\n", await http.GetStringAsync($"http://127.0.0.1:{port}/"));
            await Eventually.BecomesAsync(async () => (await OkAsync("logs", "--no-color", "client")).Split("from-web").Length == 3, "the client has read the page by both names");
            Assert.Equal("built", (await OkAsync("exec", "-T", "built", "cat", "/made")).Trim());
            Assert.Contains("Up", second ? await engine.DockerOkAsync("ps", "--filter", "label=com.docker.compose.project=" + name) : await OkAsync("ps"), StringComparison.Ordinal);
            Assert.Equal("3", (await engine.DockerOkAsync("ps", "-q", "--filter", "label=com.docker.compose.project=" + name)).Split('\n').Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
            await OkAsync("up", "-d", "--scale", "built=3");
            Assert.Equal(3, (await OkAsync("ps", "-q", "built")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
            await OkAsync("restart", "-t", "0", "built");
            await OkAsync("stop", "-t", "0", "built");
            await OkAsync("run", "--rm", "-T", "client", "true");
            await OkAsync("config");
        }
        finally
        {
            await OkAsync("down", "-v", "-t", "0", "--rmi", "local");
        }

        foreach (var kind in (string[])["ps -aq", "network ls -q", "volume ls -q"])
        {
            Assert.Equal("", await engine.DockerOkAsync([.. kind.Split(' '), "--filter", "label=com.docker.compose.project=" + name]));
        }

        async Task<string> OkAsync(params string[] words)
        {
            string[] invocation = ["-p", name, .. words];
            var result = second
                ? await engine.RunAsync(Clients.Docker, ["compose", .. invocation], directory: folder)
                : await engine.RunAsync(Clients.OldCompose, invocation, directory: folder, also: new Dictionary<string, string> { ["COMPOSE_HTTP_TIMEOUT"] = "60" });
            Assert.True(result.ExitCode == 0, $"{string.Join(' ', words)}: {result}");
            return result.Output;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Example_FromTheTour_SpeaksAndGoes(bool second)
    {
        engine.Required();
        Clients.Need(second ? Clients.Compose : Clients.OldCompose);
        await ExampleFiles.BuildHelloAsync(engine.DockerOkAsync);
        const string Page = "<p>Hello from a container on Naru.</p>";
        await OkAsync("up", "-d");
        try
        {
            await Eventually.BecomesAsync(async () => (await OkAsync("logs", "visitor")).Contains(Page, StringComparison.Ordinal), "the visitor has read the page");
            using var http = new HttpClient();
            Assert.Contains(Page, await http.GetStringAsync("http://127.0.0.1:8089/"), StringComparison.Ordinal);
        }
        finally
        {
            await OkAsync("down", "-t", "0");
        }

        Assert.Equal("", await engine.DockerOkAsync("ps", "-aq", "--filter", "label=com.docker.compose.project=hello"));

        async Task<string> OkAsync(params string[] words)
        {
            string[] invocation = ["-f", Path.Combine(ExampleFiles.Folder, "hello/compose.yaml"), .. words];
            var result = second ? await engine.RunAsync(Clients.Docker, ["compose", .. invocation]) : await engine.RunAsync(Clients.OldCompose, invocation);
            Assert.True(result.ExitCode == 0, $"{string.Join(' ', words)}: {result}");
            return result.Output;
        }
    }

    [Fact]
    public async Task Second_ForegroundUp_EndsWithTheServicesCode()
    {
        Clients.Need(Clients.Compose);
        await using var scene = new Scene(engine.Required());
        var folder = scene.Folder();
        await File.WriteAllTextAsync($"{folder}/compose.yaml", $"""
            services:
              job:
                image: {Engine.Image}
                command: sh -c "cat /run/secrets/token /note; sleep 1; exit 6"
                secrets: [token]
                configs:
                  - source: note
                    target: /note
            secrets:
              token:
                file: ./token
            configs:
              note:
                file: ./note
            """);
        await File.WriteAllTextAsync($"{folder}/token", "the-token\n");
        await File.WriteAllTextAsync($"{folder}/note", "the-note\n");
        var name = "e2e" + Guid.NewGuid().ToString("n")[..6];
        var result = await engine.RunAsync(Clients.Docker, ["compose", "-p", name, "up", "--exit-code-from", "job"], directory: folder);
        await engine.RunAsync(Clients.Docker, ["compose", "-p", name, "down"], directory: folder);
        Assert.True(result.ExitCode == 6, result.ToString());
        Assert.Contains("the-token", result.Output, StringComparison.Ordinal);
        Assert.Contains("the-note", result.Output, StringComparison.Ordinal);
    }
}
