using System.Collections.Immutable;
using System.Globalization;
using Naru.Builds.Dockerfiles;
using Naru.Builds.Patterns;
using Naru.Core.Errors;
using Naru.Core.Images;

namespace Naru.Builds.Stages;

/// <summary>The instructions that only change the image's configuration. Pure: a state and an instruction give a state and a line of history.</summary>
internal static class Metadata
{
    private static readonly string[] Signals =
    [
        "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE", "POLL", "PROF", "PWR", "QUIT", "SEGV",
        "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ",
    ];

    /// <summary>Null text: the step leaves no trace in the history.</summary>
    public static (StageState State, string? Text) Apply(StageState state, Instruction instruction, char escape, bool classic, BuildArguments arguments) => instruction switch
    {
        ArgInstruction arg => Arg(state, arg, escape, classic, arguments),
        EnvInstruction env => Env(state, env, escape, classic),
        LabelInstruction label => Label(state, label, escape),
        MaintainerInstruction maintainer => (state with { Author = maintainer.Name }, "MAINTAINER " + maintainer.Name),
        CmdInstruction cmd => Cmd(state, cmd, classic),
        EntrypointInstruction entrypoint => Entrypoint(state, entrypoint, classic),
        ExposeInstruction expose => Expose(state, expose, escape, classic),
        VolumeInstruction volume => Volume(state, volume, escape),
        UserInstruction user => User(state, user, escape),
        StopSignalInstruction signal => StopSignal(state, signal, escape),
        ShellInstruction shell => (With(state, state.Config with { Shell = shell.Words }), $"SHELL [{string.Join(' ', shell.Words)}]"),
        OnBuildInstruction trigger => (With(state, state.Config with { OnBuild = state.Config.OnBuild.Add(trigger.Text) }), "ONBUILD " + trigger.Text),
        HealthCheckInstruction health => (With(state, state.Config with { HealthCheck = health.Check }), HistoryText.HealthCheck(classic, health.Check)),
        _ => throw new InvalidOperationException($"{instruction.Node.Keyword} is no metadata"),
    };

    /// <summary>The words that a command line runs.</summary>
    public static ImmutableArray<string> Resolve(StageState state, CommandLine line) => line.Shell ? [.. state.Shell, .. line.Words] : line.Words;

    private static (StageState, string?) Arg(StageState state, ArgInstruction arg, char escape, bool classic, BuildArguments arguments)
    {
        var words = new List<string>();
        foreach (var (rawName, rawValue) in arg.Arguments)
        {
            var name = Expansion.Word(rawName, escape, state.Lookup);
            var fallback = rawValue is null ? null : Expansion.Word(rawValue, escape, state.Lookup);
            var value = arguments.Resolve(name, fallback);
            state = state.Declare(name, value);
            words.Add(classic ? (fallback is null ? name : $"{name}={fallback}") : value is null ? name : $"{name}={value}");
        }

        return (state, "ARG " + string.Join(' ', words));
    }

    private static (StageState, string?) Env(StageState state, EnvInstruction env, char escape, bool classic)
    {
        // All words of one ENV see the variables as they were before it.
        var before = state;
        var words = new List<string>();
        foreach (var (rawName, rawValue, _) in env.Pairs)
        {
            var name = Expansion.Word(rawName, escape, before.Lookup);
            var value = Expansion.Word(rawValue, escape, before.Lookup);
            if (name.Length == 0)
            {
                throw NaruException.Invalid("ENV names can not be blank");
            }

            state = state.SetEnvironment(name, value);
            words.Add($"{name}={value}");
        }

        _ = classic;
        return (state, "ENV " + string.Join(' ', words));
    }

    private static (StageState, string?) Label(StageState state, LabelInstruction label, char escape)
    {
        var labels = state.Config.Labels ?? ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
        var words = new List<string>();
        foreach (var (rawName, rawValue, _) in label.Pairs)
        {
            var name = Expansion.Word(rawName, escape, state.Lookup);
            var value = Expansion.Word(rawValue, escape, state.Lookup);
            labels = labels.SetItem(name, value);
            words.Add($"{name}={value}");
        }

        return (With(state, state.Config with { Labels = labels }), "LABEL " + string.Join(' ', words));
    }

    private static (StageState, string?) Cmd(StageState state, CmdInstruction cmd, bool classic)
    {
        var words = Resolve(state, cmd.Command);
        var next = With(state, state.Config with { Command = words, ArgumentsEscaped = false }) with { CommandSet = true };
        return (next, $"CMD {JsonWords.Show(words)}");
    }

    private static (StageState, string?) Entrypoint(StageState state, EntrypointInstruction entrypoint, bool classic)
    {
        var words = Resolve(state, entrypoint.Command);

        // A CMD that the base brought belongs to its own entry point.
        var command = state.CommandSet ? state.Config.Command : null;
        return (With(state, state.Config with { Entrypoint = words, Command = command }), $"ENTRYPOINT {JsonWords.Show(words)}");
    }

    private static (StageState, string?) Expose(StageState state, ExposeInstruction expose, char escape, bool classic)
    {
        var ports = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var word in expose.Ports.SelectMany(p => Expansion.Split(p, escape, state.Lookup)))
        {
            ports.UnionWith(Ports(word));
        }

        ImmutableArray<string> all = [.. state.Config.ExposedPorts.Union(ports, StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var text = classic ? string.Join(' ', ports) : $"map[{string.Join(' ', ports.Select(p => p + ":{}"))}]";
        return (With(state, state.Config with { ExposedPorts = all }), "EXPOSE " + text);
    }

    private static IEnumerable<string> Ports(string word)
    {
        var slash = word.IndexOf('/', StringComparison.Ordinal);
        var protocol = slash < 0 ? "tcp" : word[(slash + 1)..].ToLowerInvariant();
        if (protocol is not ("tcp" or "udp" or "sctp"))
        {
            throw NaruException.Invalid($"Invalid proto: {protocol}");
        }

        // A host's part in front is allowed and without meaning here.
        var number = slash < 0 ? word : word[..slash];
        number = number[(number.LastIndexOf(':') + 1)..];
        var dash = number.IndexOf('-', StringComparison.Ordinal);
        var first = Port(dash < 0 ? number : number[..dash], number);
        var last = dash < 0 ? first : Port(number[(dash + 1)..], number);
        if (last < first)
        {
            throw NaruException.Invalid($"Invalid containerPort: {number}");
        }

        return Enumerable.Range(first, last - first + 1).Select(p => string.Create(CultureInfo.InvariantCulture, $"{p}/{protocol}"));
    }

    private static int Port(string text, string whole) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : throw NaruException.Invalid($"Invalid containerPort: {whole}");

    private static (StageState, string?) Volume(StageState state, VolumeInstruction volume, char escape)
    {
        ImmutableArray<string> paths = [.. volume.Paths.Select(p => Expansion.Word(p, escape, state.Lookup))];
        if (paths.Any(string.IsNullOrWhiteSpace))
        {
            throw NaruException.Invalid("VOLUME specified can not be an empty string");
        }

        ImmutableArray<string> all = [.. state.Config.Volumes.Union(paths, StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return (With(state, state.Config with { Volumes = all }), $"VOLUME [{string.Join(' ', paths)}]");
    }

    private static (StageState, string?) User(StageState state, UserInstruction user, char escape)
    {
        var name = Expansion.Word(user.User, escape, state.Lookup);
        UserNames.CheckNumbers(name);
        return (With(state, state.Config with { User = name }), "USER " + name);
    }

    private static (StageState, string?) StopSignal(StageState state, StopSignalInstruction instruction, char escape)
    {
        var signal = Expansion.Word(instruction.Signal, escape, state.Lookup);
        var upper = signal.ToUpperInvariant();
        var plain = upper.StartsWith("SIG", StringComparison.Ordinal) ? upper[3..] : upper;
        var valid = int.TryParse(signal, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number is > 0 and <= 64
            : Signals.Contains(plain) || plain.StartsWith("RTMIN", StringComparison.Ordinal) || plain.StartsWith("RTMAX", StringComparison.Ordinal);
        return valid ? (With(state, state.Config with { StopSignal = signal }), "STOPSIGNAL " + signal)
            : throw NaruException.Invalid($"Invalid signal: {signal}");
    }

    /// <summary>Where WORKDIR leads, and where relative paths of COPY start.</summary>
    public static string Workdir(StageState state, string path) =>
        PathText.Clean(path.StartsWith('/') ? path : PathText.Join(state.Config.WorkingDirectory.Length == 0 ? "/" : state.Config.WorkingDirectory, path));

    private static StageState With(StageState state, ImageConfig config) => state with { Config = config };
}
