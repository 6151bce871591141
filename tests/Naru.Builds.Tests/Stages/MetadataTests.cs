using System.Collections.Immutable;
using Naru.Builds.Dockerfiles;
using Naru.Builds.Stages;
using Naru.Core.Builds;
using Naru.Core.Errors;
using Naru.Core.Images;

namespace Naru.Builds.Tests.Stages;

public sealed class MetadataTests
{
    private static readonly Platform Host = new() { Os = "linux", Architecture = "amd64" };

    [Fact]
    public void Apply_EnvOfOneInstruction_SeesTheValuesBeforeIt()
    {
        var state = Run("ENV a=1\nENV a=2 b=$a c=\"$a x\"").State;
        Assert.Equal(["a=2", "b=1", "c=1 x"], state.Config.Environment);
    }

    [Theory]
    [InlineData("ARG x", "", "null")]
    [InlineData("ARG x=default", "", "default")]
    [InlineData("ARG x=default", "x=given", "given")]
    [InlineData("ARG x=default\nENV x=env", "x=given", "env")]
    [InlineData("ARG y=1\nARG x=$y-2", "", "1-2")]
    [InlineData("ARG g\nARG x=$g", "", "global")]
    [InlineData("ARG TARGETARCH\nARG x=$TARGETARCH", "", "amd64")]
    [InlineData("ARG x=$TARGETARCH", "", "")]
    public void Apply_Arg_FollowsItsScopes(string instructions, string given, string expected) =>
        Assert.Equal(expected, Run(instructions, given).State.Lookup("x") ?? "null");

    [Fact]
    public void Unused_NamesWhatNothingDeclares()
    {
        var arguments = Run("ARG x", "x=1,nope=2,HTTP_PROXY=3,BUILDKIT_INLINE_CACHE=1").Arguments;
        Assert.Equal(["nope"], arguments.Unused());
    }

    [Theory]
    [InlineData("CMD echo $x", "/bin/sh -c #(nop)  CMD [\"/bin/sh\" \"-c\" \"echo $x\"]")]
    [InlineData("CMD [\"a\",\"b\"]", "/bin/sh -c #(nop)  CMD [\"a\" \"b\"]")]
    [InlineData("ENV a=b c=d", "/bin/sh -c #(nop)  ENV a=b c=d")]
    [InlineData("EXPOSE 80 90-91/udp", "/bin/sh -c #(nop)  EXPOSE 80/tcp 90/udp 91/udp")]
    [InlineData("VOLUME /a /b", "/bin/sh -c #(nop)  VOLUME [/a /b]")]
    [InlineData("USER 5:6", "/bin/sh -c #(nop)  USER 5:6")]
    [InlineData("STOPSIGNAL 9", "/bin/sh -c #(nop)  STOPSIGNAL 9")]
    [InlineData("LABEL a=\"b c\"", "/bin/sh -c #(nop)  LABEL a=b c")]
    [InlineData("ONBUILD RUN x", "/bin/sh -c #(nop)  ONBUILD RUN x")]
    [InlineData("HEALTHCHECK --interval=5s CMD x", "/bin/sh -c #(nop)  HEALTHCHECK &{[\"CMD-SHELL\" \"x\"] \"5s\" \"0s\" \"0s\" '\\x00'}")]
    [InlineData("ENTRYPOINT [\"e\"]", "/bin/sh -c #(nop)  ENTRYPOINT [\"e\"]")]
    public void Apply_Classic_WritesDockersHistory(string instruction, string history) => Assert.Equal(history, Run(instruction).Text);

    [Fact]
    public void Apply_Entrypoint_DropsTheBasesCommandOnly()
    {
        var basis = new StageState { Platform = Host, Config = new ImageConfig { Command = ["base"] } };
        Assert.Null(Run("ENTRYPOINT [\"e\"]", start: basis).State.Config.Command);
        Assert.Equal(["own"], Run("CMD [\"own\"]\nENTRYPOINT [\"e\"]", start: basis).State.Config.Command!.Value);
    }

    [Fact]
    public void Apply_Shell_IsUsedByShellForms() =>
        Assert.Equal(["/bin/bash", "-lc", "x"], Run("SHELL [\"/bin/bash\",\"-lc\"]\nCMD x").State.Config.Command!.Value);

    [Theory]
    [InlineData("EXPOSE 80/abc", "Invalid proto: abc")]
    [InlineData("EXPOSE 99999", "Invalid containerPort: 99999")]
    [InlineData("STOPSIGNAL NOPE", "Invalid signal: NOPE")]
    [InlineData("USER 4294967296", "uids and gids must be in range 0-2147483647: 4294967296")]
    [InlineData("USER 1:99999999999999", "uids and gids must be in range 0-2147483647: 99999999999999")]
    public void Apply_BadValue_IsRefused(string instruction, string message) =>
        Assert.Equal(message, Assert.Throws<NaruException>(() => Run(instruction)).Message);

    [Theory]
    [InlineData("", "/a", "/a")]
    [InlineData("", "a", "/a")]
    [InlineData("/x", "a/../b", "/x/b")]
    [InlineData("/x", "../..", "/")]
    public void Workdir_IsResolvedAsText(string before, string path, string expected) =>
        Assert.Equal(expected, Metadata.Workdir(new StageState { Platform = Host, Config = new ImageConfig { WorkingDirectory = before } }, path));

    [Theory]
    [InlineData("", false, "b,c,d")]
    [InlineData("b", false, "b")]
    [InlineData("c", false, "b,c")]
    [InlineData("2", false, "b,c")]
    [InlineData("c", true, "a,b,c")]
    public void Needed_StagesOfATarget(string target, bool classic, string expected)
    {
        var file = DockerfileParser.Parse("FROM x AS a\nFROM x AS b\nFROM x AS c\nCOPY --from=b / /\nFROM b AS d\nRUN --mount=type=bind,from=c,target=/y z\n");
        var request = Request() with { Target = target, Classic = classic };
        var stages = StagePlan.Needed(file, StagePlan.TargetOf(file, request), request, _ => null);
        Assert.Equal(expected, string.Join(',', stages.Select(s => s.Name)));
    }

    [Fact]
    public void Steps_BuildKit_AreNumberedByWhatMakesLayers()
    {
        var file = DockerfileParser.Parse("FROM x AS a\nENV q=1\nRUN y\nFROM z\nCOPY --from=a / /\n");
        var steps = StepBook.Make(file, file.Stages, classic: false).All;
        Assert.Equal(["[a 1/2] FROM x", "[a 2/2] RUN y", "[stage-1 1/2] FROM z", "[stage-1 2/2] COPY --from=a / /"], steps.Select(s => s.Name));
    }

    [Fact]
    public void Steps_Classic_CountEveryInstruction()
    {
        var file = DockerfileParser.Parse("ARG v\nFROM x\nENV q=1\nRUN y \\\n  z\n");
        var steps = StepBook.Make(file, file.Stages, classic: true).All;
        Assert.Equal(["1/4 ARG v", "2/4 FROM x", "3/4 ENV q=1", "4/4 RUN y   z"], steps.Select(s => $"{s.Number}/{s.Count} {s.Instruction}"));
    }

    private static BuildRequest Request() => new() { Context = new NoContext() };

    private static (StageState State, string? Text, BuildArguments Arguments) Run(string instructions, string given = "", StageState? start = null)
    {
        var file = DockerfileParser.Parse($"ARG g=global\nFROM x\n{instructions}\n");
        var request = Request() with
        {
            Arguments = given.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(g => g.Split('=')).ToImmutableSortedDictionary(g => g[0], g => (string?)g[1]),
        };
        var arguments = new BuildArguments(request, file, Host, Host, "0");
        var state = start ?? new StageState { Platform = Host };
        string? text = null;
        foreach (var instruction in file.Stages[0].Instructions)
        {
            (state, text) = Metadata.Apply(state, instruction, '\\', classic: true, arguments);
            text = text is null ? null : HistoryText.Of(true, state.Shell, text);
        }

        return (state, text, arguments);
    }

    private sealed class NoContext : IBuildContext
    {
        public Task<string> MaterialiseAsync(ContextQuery query, CancellationToken cancellationToken) => throw new InvalidOperationException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
