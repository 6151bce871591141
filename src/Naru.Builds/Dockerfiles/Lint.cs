using Naru.Core.Builds;

namespace Naru.Builds.Dockerfiles;

/// <summary>What is allowed but unwise.</summary>
internal static class Lint
{
    public static IEnumerable<BuildWarning> Of(Instruction instruction)
    {
        var line = instruction.Node.Line;
        switch (instruction)
        {
            case MaintainerInstruction:
                yield return new("Maintainer instruction is deprecated in favor of using label", line, "MaintainerDeprecated",
                    "The MAINTAINER instruction is deprecated, use a label instead to define an image author");
                break;
            case EnvInstruction { Pairs: [{ Spaced: true }, ..] } or LabelInstruction { Pairs: [{ Spaced: true }, ..] }:
                yield return new($"\"{instruction.Node.Keyword} key=value\" should be used instead of legacy \"{instruction.Node.Keyword} key value\" format", line,
                    "LegacyKeyValueFormat", "Legacy key/value format with whitespace separator should not be used");
                break;
            case CmdInstruction { Command.Shell: true } or EntrypointInstruction { Command.Shell: true }:
                yield return new($"JSON arguments recommended for {instruction.Node.Keyword} to prevent unintended behavior related to OS signals", line,
                    "JSONArgsRecommended", "JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS signals");
                break;
            case FromInstruction { Name.Length: > 0 } from when AsOf(from) is { } word && word != Cased(from.Node, word):
                yield return new($"'{word}' and 'FROM' keywords' casing do not match", line, "FromAsCasing", "The 'as' keyword should match the case of the 'from' keyword");
                break;
            default:
                break;
        }
    }

    private static string? AsOf(FromInstruction from) =>
        from.Node.Rest.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [_, var word, _] ? word : null;

    private static string Cased(Node node, string word) =>
        node.Original.StartsWith("FROM", StringComparison.Ordinal) ? word.ToUpperInvariant() : word.ToLowerInvariant();
}
