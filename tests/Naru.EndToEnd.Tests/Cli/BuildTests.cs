using Naru.EndToEnd.Tests.Support;

namespace Naru.EndToEnd.Tests.Cli;

/// <summary><c>docker build</c>: the classic builder, and BuildKit through buildx.</summary>
public sealed class BuildTests(Engine engine)
{
    [Fact]
    public async Task Classic_EveryPlainInstruction_TakesEffect()
    {
        await using var scene = new Scene(engine.Required());
        var folder = scene.Folder();
        await File.WriteAllTextAsync($"{folder}/hello.txt", "hello");
        await File.WriteAllTextAsync($"{folder}/ignored.txt", "no");
        await File.WriteAllTextAsync($"{folder}/.dockerignore", "ignored.txt\n");
        await File.WriteAllTextAsync($"{folder}/Dockerfile", $"""
            ARG BASE={Engine.Image}
            FROM $BASE AS first
            ARG GREETING=hi
            ENV NAME=world
            WORKDIR /app
            COPY . .
            RUN echo "$GREETING $NAME" >greeting && ls >files
            FROM $BASE
            LABEL kind=test
            COPY --from=first /app/greeting /app/files /out/
            ADD --chown=1000:50 hello.txt /out/added.txt
            USER 1000
            EXPOSE 80/tcp
            VOLUME /vol
            STOPSIGNAL SIGINT
            HEALTHCHECK --interval=5s CMD true
            ENTRYPOINT ["cat"]
            CMD ["/out/greeting", "/out/files"]
            """);
        var tag = scene.Image("classic");
        await engine.DockerOkAsync("build", "-t", tag, "--build-arg", "GREETING=hey", folder);
        Assert.Equal("hey world\nDockerfile\ngreeting\nhello.txt", (await engine.DockerOkAsync("run", "--rm", tag)).Replace("files\n", "", StringComparison.Ordinal));
        Assert.Equal("1000 50", await engine.DockerOkAsync("run", "--rm", "--entrypoint", "stat", tag, "-c", "%u %g", "/out/added.txt"));
        Assert.Equal("test 1000 SIGINT map[80/tcp:{}] map[/vol:{}] 5s", await engine.DockerOkAsync("inspect", "-f", "{{.Config.Labels.kind}} {{.Config.User}} {{.Config.StopSignal}} {{.Config.ExposedPorts}} {{.Config.Volumes}} {{.Config.Healthcheck.Interval}}", tag));
    }

    [Fact]
    public async Task Classic_SecondBuild_UsesTheCache()
    {
        await using var scene = new Scene(engine.Required());
        var folder = scene.Folder();
        await File.WriteAllTextAsync($"{folder}/Dockerfile", $"FROM {Engine.Image}\nRUN echo {Guid.NewGuid():n} >/id\nRUN cat /id\n");
        var tag = scene.Image("cached");
        var first = await engine.DockerOkAsync("build", "-t", tag, folder);
        Assert.DoesNotContain("Using cache", first, StringComparison.Ordinal);
        var second = await engine.DockerOkAsync("build", "-t", tag, folder);
        Assert.Equal(2, second.Split("Using cache").Length - 1);
        Assert.Equal(first.Split('\n').First(line => line.StartsWith("Successfully built", StringComparison.Ordinal)), second.Split('\n').First(line => line.StartsWith("Successfully built", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Classic_CommandFails_SaysCodeAndLeavesNothing()
    {
        await using var scene = new Scene(engine.Required());
        var folder = scene.Folder();
        await File.WriteAllTextAsync($"{folder}/Dockerfile", $"FROM {Engine.Image}\nRUN exit 3\n");
        var result = await engine.DockerAsync("build", "--force-rm", "-t", scene.Image("failing"), folder);
        Assert.Equal(3, result.ExitCode);
        Assert.Contains("The command '/bin/sh -c exit 3' returned a non-zero code: 3", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FROM", "FROM requires either one or three arguments")]
    [InlineData("FROM busybox:latest\nNOSUCH x", "unknown instruction: NOSUCH")]
    [InlineData("", "cannot be empty")]
    [InlineData("FROM busybox:latest\nCOPY nosuchfile /x", "nosuchfile")]
    [InlineData("FROM busybox:latest\nCOPY ../outside /x", "outside")]
    public async Task Classic_BadDockerfile_IsRefused(string dockerfile, string message)
    {
        await using var scene = new Scene(engine.Required());
        var folder = scene.Folder();
        await File.WriteAllTextAsync($"{folder}/Dockerfile", dockerfile);
        var result = await engine.DockerAsync("build", folder);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Classic_FromStandardInput()
    {
        await using var scene = new Scene(engine.Required());
        var tag = scene.Image("stdin");
        var result = await engine.RunAsync(Clients.Docker, ["build", "-t", tag, "-"], System.Text.Encoding.UTF8.GetBytes($"FROM {Engine.Image}\nCMD [\"echo\",\"piped\"]\n"));
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("piped", await engine.DockerOkAsync("run", "--rm", tag));
    }

    [Fact]
    public async Task Classic_Target_StopsThere()
    {
        await using var scene = new Scene(engine.Required());
        var folder = scene.Folder();
        await File.WriteAllTextAsync($"{folder}/Dockerfile", $"FROM {Engine.Image} AS one\nCMD [\"echo\",\"one\"]\nFROM one AS two\nCMD [\"echo\",\"two\"]\n");
        var tag = scene.Image("target");
        await engine.DockerOkAsync("build", "-q", "--target", "one", "-t", tag, folder);
        Assert.Equal("one", await engine.DockerOkAsync("run", "--rm", tag));
    }

    [Fact]
    public async Task Buildx_MountsSecretsAndCache()
    {
        Clients.Need(Clients.Buildx);
        await using var scene = new Scene(engine.Required());
        var folder = scene.Folder();
        await File.WriteAllTextAsync($"{folder}/token", "s3cret");
        await File.WriteAllTextAsync($"{folder}/Dockerfile", $"""
            FROM {Engine.Image} AS build
            RUN --mount=type=cache,target=/cache echo x >>/cache/runs && wc -l </cache/runs >/runs
            RUN --mount=type=secret,id=token wc -c </run/secrets/token >/secret
            RUN --mount=type=bind,source=.,target=/src ls /src >/bound
            RUN --mount=type=tmpfs,target=/fast touch /fast/x
            RUN <<EOF
            echo heredoc >/heredoc
            EOF
            FROM {Engine.Image}
            COPY --from=build /secret /bound /heredoc /runs /out/
            CMD ["sh", "-c", "cat /out/secret /out/bound /out/heredoc /out/runs"]
            """);
        var tag = scene.Image("buildx");
        var buildkit = new Dictionary<string, string> { ["DOCKER_BUILDKIT"] = "1" };
        var result = await engine.RunAsync(Clients.Docker, ["buildx", "build", "--progress", "plain", "--secret", $"id=token,src={folder}/token", "-t", tag, folder], also: buildkit);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("6\nDockerfile\ntoken\nheredoc\n1", await engine.DockerOkAsync("run", "--rm", tag));
        var local = await engine.RunAsync(Clients.Docker, ["buildx", "build", "--target", "build", "-o", $"type=local,dest={folder}/result", folder, "--secret", $"id=token,src={folder}/token"], also: buildkit);
        Assert.True(local.ExitCode == 0, local.ToString());
        Assert.Equal("heredoc\n", await File.ReadAllTextAsync($"{folder}/result/heredoc"));
    }

    [Fact]
    public async Task Buildx_CommandFails_ShowsItsOutput()
    {
        Clients.Need(Clients.Buildx);
        await using var scene = new Scene(engine.Required());
        var folder = scene.Folder();
        await File.WriteAllTextAsync($"{folder}/Dockerfile", $"FROM {Engine.Image}\nRUN echo before; exit 9\n");
        var result = await engine.RunAsync(Clients.Docker, ["buildx", "build", "--progress", "plain", folder], also: new Dictionary<string, string> { ["DOCKER_BUILDKIT"] = "1" });
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("before", result.Error, StringComparison.Ordinal);
        Assert.Contains("exit code: 9", result.Error, StringComparison.Ordinal);
    }
}
