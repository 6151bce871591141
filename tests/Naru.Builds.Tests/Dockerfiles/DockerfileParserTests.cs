using Naru.Builds.Dockerfiles;
using Naru.Core.Errors;

namespace Naru.Builds.Tests.Dockerfiles;

public sealed class DockerfileParserTests
{
    [Fact]
    public void Parse_ContinuationsAndComments_JoinsOneInstruction()
    {
        var file = DockerfileParser.Parse("FROM a\n# whole line\nRUN one \\\n  # inside\n\n  && two \\\n  && three\nCMD [\"x\"]\n");
        var run = Assert.IsType<RunInstruction>(file.Stages[0].Instructions[0]);
        Assert.Equal(["one   && two   && three"], run.Command.Words);
        Assert.Equal((3, 7), (run.Node.Line, run.Node.EndLine));
        Assert.Equal("NoEmptyContinuation", Assert.Single(file.Warnings).Rule);
    }

    [Fact]
    public void Parse_EscapeDirective_ChangesContinuation()
    {
        var file = DockerfileParser.Parse("# escape=`\nFROM a\nRUN x `\n y\\\n");
        Assert.Equal('`', file.Escape);
        Assert.Equal(["x  y\\"], Assert.IsType<RunInstruction>(file.Stages[0].Instructions[0]).Command.Words);
    }

    [Fact]
    public void Parse_DoubledEscapeAtEnd_DoesNotContinue()
    {
        var file = DockerfileParser.Parse("FROM a\nRUN x \\\\\nRUN y\n");
        Assert.Equal(2, file.Stages[0].Instructions.Length);
    }

    [Fact]
    public void Parse_Heredocs_KeepsTextAndNames()
    {
        var file = DockerfileParser.Parse("FROM a\nCOPY <<one.txt <<-\"two.txt\" /dir/\nfirst $X\none.txt\n\t\tsecond $X\n\ttwo.txt\nRUN <<EOF\necho a\necho b\nEOF\n");
        var copy = Assert.IsType<CopyInstruction>(file.Stages[0].Instructions[0]);
        Assert.Equal(new Heredoc("one.txt", true, false, 0, "first $X\n"), copy.Node.Heredocs[0]);
        Assert.Equal(new Heredoc("two.txt", false, true, 0, "second $X\n"), copy.Node.Heredocs[1]);
        Assert.Equal("echo a\necho b\n", file.Stages[0].Instructions[1].Node.Heredocs[0].Content);
    }

    [Fact]
    public void Parse_Stages_KnowsNamesAndGlobalArguments()
    {
        var file = DockerfileParser.Parse("ARG V=1\nFROM --platform=$BUILDPLATFORM base:$V AS Build\nFROM scratch\nCOPY --from=build --chown=1:2 --chmod=755 --link a b/ c/\n");
        Assert.Equal(("V", "1"), file.GlobalArguments[0].Arguments[0]);
        Assert.Equal(("build", "$BUILDPLATFORM", "base:$V"), (file.Stages[0].From.Name, file.Stages[0].From.Platform, file.Stages[0].From.Base));
        var copy = Assert.IsType<CopyInstruction>(file.Stages[1].Instructions[0]);
        Assert.Equal(("build", "1:2", "755", true), (copy.From, copy.Owner, copy.Mode, copy.Link));
        Assert.Equal(["a", "b/"], copy.Sources);
        Assert.Equal("c/", copy.Target);
    }

    [Theory]
    [InlineData("CMD echo hi", true, "echo hi")]
    [InlineData("CMD [\"echo\", \"hi there\"]", false, "echo|hi there")]
    [InlineData("CMD [\"a\", 'b']", true, "[\"a\", 'b']")]
    [InlineData("CMD []", false, "")]
    public void Parse_Command_TellsFormsApart(string line, bool shell, string words)
    {
        var command = Assert.IsType<CmdInstruction>(DockerfileParser.Parse("FROM a\n" + line).Stages[0].Instructions[0]).Command;
        Assert.Equal(shell, command.Shell);
        Assert.Equal(words, string.Join('|', command.Words));
    }

    [Theory]
    [InlineData("ENV a=b c=\"d e\" f=g\\ h", "a=b|c=\"d e\"|f=g\\ h")]
    [InlineData("ENV a b c", "a=b c")]
    [InlineData("LABEL \"x y\"=z", "\"x y\"=z")]
    public void Parse_Pairs_ReadsBothForms(string line, string pairs)
    {
        var instruction = DockerfileParser.Parse("FROM a\n" + line).Stages[0].Instructions[0];
        var all = instruction is EnvInstruction env ? env.Pairs : ((LabelInstruction)instruction).Pairs;
        Assert.Equal(pairs, string.Join('|', all.Select(p => $"{p.Name}={p.Value}")));
    }

    [Fact]
    public void Parse_HealthCheck_ReadsFlags()
    {
        var file = DockerfileParser.Parse("FROM a\nHEALTHCHECK --interval=1m30s --timeout=2s --start-period=500ms --retries=5 CMD curl -f x\nHEALTHCHECK NONE\n");
        var check = Assert.IsType<HealthCheckInstruction>(file.Stages[0].Instructions[0]).Check;
        Assert.Equal(["CMD-SHELL", "curl -f x"], check.Test);
        Assert.Equal((TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(500), 5), (check.Interval, check.Timeout, check.StartPeriod, check.Retries));
        Assert.True(Assert.IsType<HealthCheckInstruction>(file.Stages[0].Instructions[1]).Check.IsDisabled);
    }

    [Theory]
    [InlineData("", "file with no instructions")]
    [InlineData("# only a comment\n", "file with no instructions")]
    [InlineData("RUN x", "dockerfile parse error on line 1: no build stage in current context")]
    [InlineData("FROM a\nXYZZY x", "dockerfile parse error on line 2: unknown instruction: XYZZY")]
    [InlineData("FRMO a", "dockerfile parse error on line 1: unknown instruction: FRMO (did you mean FROM?)")]
    [InlineData("FROM a b", "dockerfile parse error on line 1: FROM requires either one or three arguments")]
    [InlineData("FROM a AS 1x", "dockerfile parse error on line 1: invalid name for build stage: \"1x\", name can't start with a number or contain symbols")]
    [InlineData("FROM a AS x\nFROM b AS X", "dockerfile parse error on line 2: duplicate name x")]
    [InlineData("FROM a\nCOPY x", "dockerfile parse error on line 2: COPY requires at least two arguments, but only one was provided. Destination could not be determined")]
    [InlineData("FROM a\nCOPY --nope=1 x y", "dockerfile parse error on line 2: unknown flag: --nope")]
    [InlineData("FROM a\nCOPY --from x y", "dockerfile parse error on line 2: missing a value on flag: --from")]
    [InlineData("FROM a\nCOPY --chmod=999 x y", "dockerfile parse error on line 2: invalid chmod parameter: '999'. it should be octal string and between 0 and 07777")]
    [InlineData("FROM a\nENV x", "dockerfile parse error on line 2: ENV must have two arguments")]
    [InlineData("FROM a\nENV a=1 b", "dockerfile parse error on line 2: Syntax error - can't find = in \"b\". Must be of the form: name=value")]
    [InlineData("FROM a\nENV =1", "dockerfile parse error on line 2: ENV names can not be blank")]
    [InlineData("FROM a\nONBUILD ONBUILD RUN x", "dockerfile parse error on line 2: Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")]
    [InlineData("FROM a\nONBUILD FROM x", "dockerfile parse error on line 2: FROM isn't allowed as an ONBUILD trigger")]
    [InlineData("FROM a\nSHELL sh", "dockerfile parse error on line 2: SHELL requires the arguments to be in JSON form")]
    [InlineData("FROM a\nHEALTHCHECK FOO x", "dockerfile parse error on line 2: Unknown type \"FOO\" in HEALTHCHECK (try CMD)")]
    [InlineData("FROM a\nHEALTHCHECK NONE x", "dockerfile parse error on line 2: HEALTHCHECK NONE takes no arguments")]
    [InlineData("FROM a\nRUN <<EOF\nx\n", "dockerfile parse error on line 2: unterminated heredoc")]
    [InlineData("FROM a\nRUN --mount=type=floppy x", "dockerfile parse error on line 2: unsupported mount type \"floppy\"")]
    [InlineData("FROM a\nRUN --network=moon x", "dockerfile parse error on line 2: network \"moon\" is not supported")]
    [InlineData("FROM a\nCMD [1]", "dockerfile parse error on line 2: when using JSON array syntax, arrays must be comprised of strings only")]
    [InlineData("# escape=x\nFROM a", "dockerfile parse error on line 1: invalid escape token 'x' does not match ` or \\")]
    [InlineData("ARG x", "dockerfile contains no stages to build")]
    [InlineData("FROM a\nUSER", "dockerfile parse error on line 2: USER requires exactly one argument")]
    [InlineData("FROM a\nRUN", "dockerfile parse error on line 2: RUN requires at least one argument")]
    public void Parse_Malformed_SpeaksDockersWords(string text, string message)
    {
        var problem = Assert.Throws<NaruException>(() => DockerfileParser.Parse(text));
        Assert.Equal(ErrorKind.InvalidArgument, problem.Kind);
        Assert.Equal(message, problem.Message);
    }

    [Theory]
    [InlineData("type=cache,target=/x,id=y,sharing=locked,uid=5,mode=0700", RunMountKind.Cache, "/x", false)]
    [InlineData("type=bind,from=a,source=b,target=/c,rw", RunMountKind.Bind, "/c", false)]
    [InlineData("target=/c", RunMountKind.Bind, "/c", true)]
    [InlineData("type=secret,id=tok,env=TOKEN,required", RunMountKind.Secret, "", false)]
    [InlineData("type=tmpfs,target=/t,size=1m", RunMountKind.Tmpfs, "/t", false)]
    [InlineData("type=ssh", RunMountKind.Ssh, "", false)]
    internal void ParseMount_Forms_AreUnderstood(string text, RunMountKind kind, string target, bool readOnly)
    {
        var mount = MountParser.Parse(text);
        Assert.Equal((kind, target, readOnly), (mount.Kind, mount.Target, mount.ReadOnly));
    }
}
