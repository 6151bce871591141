using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Naru.Core.Errors;

namespace Naru.Builds.Dockerfiles;

/// <summary>Understands one instruction. Failures carry the line.</summary>
internal static partial class InstructionParser
{
    private static readonly string[] Known =
    [
        "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD", "RUN",
        "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
    ];

    public static Instruction Parse(Node node, char escape)
    {
        try
        {
            return ParseKnown(node, escape);
        }
        catch (NaruException problem) when (!problem.Message.StartsWith("dockerfile parse error", StringComparison.Ordinal))
        {
            throw DockerfileErrors.At(node.Line, problem.Message);
        }
    }

    private static Instruction ParseKnown(Node node, char escape) => node.Keyword switch
    {
        "FROM" => From(node),
        "ARG" => Arg(node, escape),
        "ENV" => new EnvInstruction(Pairs(node, escape)) { Node = node },
        "LABEL" => new LabelInstruction(Pairs(node, escape)) { Node = node },
        "RUN" => Run(node, escape),
        "CMD" => new CmdInstruction(Command(node)) { Node = node },
        "ENTRYPOINT" => new EntrypointInstruction(Required(Command(node), node)) { Node = node },
        "COPY" or "ADD" => CopyParser.Parse(node, escape),
        "EXPOSE" => new ExposeInstruction(AtLeastOne(node, PlainWords(node))) { Node = node },
        "VOLUME" => Volume(node),
        "USER" => new UserInstruction(ExactlyOne(node)) { Node = node },
        "WORKDIR" => new WorkdirInstruction(ExactlyOne(node)) { Node = node },
        "STOPSIGNAL" => new StopSignalInstruction(ExactlyOne(node)) { Node = node },
        "MAINTAINER" => new MaintainerInstruction(ExactlyOne(node)) { Node = node },
        "SHELL" => Shell(node),
        "ONBUILD" => OnBuild(node, escape),
        "HEALTHCHECK" => HealthCheckParser.Parse(node),
        _ => throw NaruException.Invalid($"unknown instruction: {node.Keyword}{Suggest(node.Keyword)}"),
    };

    internal static ImmutableArray<string> NoFlags(Node node, ImmutableArray<string> words)
    {
        _ = new InstructionFlags(node);
        return words;
    }

    internal static ImmutableArray<string> PlainWords(Node node) =>
        NoFlags(node, [.. node.Rest.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)]);

    private static FromInstruction From(Node node)
    {
        var flags = new InstructionFlags(node, "platform");
        var words = node.Rest.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 1)
        {
            return new FromInstruction(words[0], flags.Text("platform"), "") { Node = node };
        }

        if (words.Length != 3 || !words[1].Equals("as", StringComparison.OrdinalIgnoreCase))
        {
            throw NaruException.Invalid("FROM requires either one or three arguments");
        }

        var name = words[2].ToLowerInvariant();
        return StageName().IsMatch(name)
            ? new FromInstruction(words[0], flags.Text("platform"), name) { Node = node }
            : throw NaruException.Invalid($"invalid name for build stage: {JsonWords.Quote(words[2])}, name can't start with a number or contain symbols");
    }

    private static ArgInstruction Arg(Node node, char escape)
    {
        var words = AtLeastOne(node, NoFlags(node, [.. Words.Split(node.Rest, escape)]));
        return new ArgInstruction([.. words.Select(word =>
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            return equals == 0 ? throw Blank(node) : equals < 0 ? (word, null) : (word[..equals], (string?)word[(equals + 1)..]);
        })]) { Node = node };
    }

    private static ImmutableArray<(string Name, string Value, bool Spaced)> Pairs(Node node, char escape)
    {
        var words = AtLeastOne(node, NoFlags(node, [.. Words.Split(node.Rest, escape)]));
        if (!words[0].Contains('=', StringComparison.Ordinal))
        {
            var parts = WhiteSpace().Split(node.Rest, 2);
            return parts.Length < 2 ? throw NaruException.Invalid($"{node.Keyword} must have two arguments") : [(parts[0], parts[1], true)];
        }

        return [.. words.Select(word =>
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            return equals < 0 ? throw NaruException.Invalid($"Syntax error - can't find = in {JsonWords.Quote(word)}. Must be of the form: name=value")
                : equals == 0 ? throw Blank(node)
                : (word[..equals], word[(equals + 1)..], false);
        })];
    }

    private static RunInstruction Run(Node node, char escape)
    {
        var flags = new InstructionFlags(node, "mount*", "network", "security", "device*");
        if (flags.Has("device"))
        {
            throw NaruException.Invalid("RUN --device is not supported");
        }

        var network = flags.Text("network");
        if (network is not ("" or "default" or "none" or "host"))
        {
            throw NaruException.Invalid($"network \"{network}\" is not supported");
        }

        var security = flags.Text("security");
        if (security is not ("" or "sandbox" or "insecure"))
        {
            throw NaruException.Invalid($"security \"{security}\" is not valid");
        }

        var mounts = flags.All("mount");
        foreach (var mount in mounts)
        {
            MountParser.Check(mount);
        }

        _ = escape;
        return new RunInstruction(Required(CommandOf(node), node), mounts, network, security) { Node = node };
    }

    private static CommandLine Command(Node node)
    {
        _ = new InstructionFlags(node);
        return CommandOf(node);
    }

    private static CommandLine CommandOf(Node node) =>
        JsonWords.Read(node.Rest) is { } words ? new(words, Shell: false) : node.Rest.Length == 0 ? new([], Shell: false) : new([node.Rest], Shell: true);

    private static CommandLine Required(CommandLine line, Node node) =>
        line.Words.Length == 0 && node.Rest.Length == 0 ? throw NaruException.Invalid($"{node.Keyword} requires at least one argument") : line;

    private static VolumeInstruction Volume(Node node)
    {
        var paths = AtLeastOne(node, NoFlags(node, JsonWords.Read(node.Rest) ?? PlainWords(node)));
        return paths.Any(string.IsNullOrWhiteSpace) ? throw NaruException.Invalid("VOLUME specified can not be an empty string")
            : new VolumeInstruction(paths) { Node = node };
    }

    private static ShellInstruction Shell(Node node)
    {
        _ = new InstructionFlags(node);
        var words = JsonWords.Read(node.Rest);
        return words switch
        {
            null when node.Rest.Length == 0 => throw NaruException.Invalid("SHELL requires at least one argument"),
            null => throw NaruException.Invalid("SHELL requires the arguments to be in JSON form"),
            { Length: 0 } => throw NaruException.Invalid("SHELL requires at least one argument"),
            _ => new ShellInstruction(words.Value) { Node = node },
        };
    }

    private static OnBuildInstruction OnBuild(Node node, char escape)
    {
        _ = new InstructionFlags(node);
        if (node.Rest.Length == 0)
        {
            throw NaruException.Invalid("ONBUILD requires at least one argument");
        }

        var word = node.Rest.Split((char[]?)null, 2)[0].ToUpperInvariant();
        if (word == "ONBUILD")
        {
            throw NaruException.Invalid("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
        }

        if (word is "FROM" or "MAINTAINER")
        {
            throw NaruException.Invalid($"{word} isn't allowed as an ONBUILD trigger");
        }

        var text = string.Join("", [node.Rest, .. node.Heredocs.Select(h => $"\n{h.Content}{h.Name}")]);
        _ = DockerfileParser.ParseTrigger(text, escape);
        return new OnBuildInstruction(text) { Node = node };
    }

    private static string ExactlyOne(Node node)
    {
        _ = new InstructionFlags(node);
        return node.Rest.Length > 0 ? node.Rest : throw NaruException.Invalid($"{node.Keyword} requires exactly one argument");
    }

    private static ImmutableArray<string> AtLeastOne(Node node, ImmutableArray<string> words) =>
        words.Length > 0 ? words : throw NaruException.Invalid($"{node.Keyword} requires at least one argument");

    private static NaruException Blank(Node node) => NaruException.Invalid($"{node.Keyword} names can not be blank");

    private static string Suggest(string keyword)
    {
        var best = Known.MinBy(known => Distance(known, keyword))!;
        return Distance(best, keyword) <= 2 ? $" (did you mean {best}?)" : "";
    }

    /// <summary>Levenshtein's.</summary>
    private static int Distance(string left, string right)
    {
        if (right.Length > 20)
        {
            return int.MaxValue;
        }

        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (left[i - 1] == right[j - 1] ? 0 : 1)));
            }
        }

        return row[^1];
    }

    [GeneratedRegex(@"^[a-z][a-z0-9\-_.]*$", RegexOptions.CultureInvariant)]
    private static partial Regex StageName();

    [GeneratedRegex(@"[ \t\v\f\r]+", RegexOptions.CultureInvariant)]
    private static partial Regex WhiteSpace();
}
