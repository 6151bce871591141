using System.Collections.Immutable;
using Naru.Core.Errors;

namespace Naru.Builds.Dockerfiles;

/// <summary>Reads a whole Dockerfile.</summary>
internal static class DockerfileParser
{
    /// <exception cref="NaruException"><see cref="ErrorKind.InvalidArgument"/> in docker's words, with the line.</exception>
    public static Dockerfile Parse(string text)
    {
        var (nodes, directives, warnings) = LineReader.Read(text);
        var all = warnings.ToBuilder();
        var globals = ImmutableArray.CreateBuilder<ArgInstruction>();
        var stages = new List<(FromInstruction From, List<Instruction> Instructions)>();
        foreach (var node in nodes)
        {
            var instruction = InstructionParser.Parse(node, directives.Escape);
            switch (instruction)
            {
                case FromInstruction from:
                    RefuseTwice(stages, from);
                    stages.Add((from, []));
                    break;
                case ArgInstruction argument when stages.Count == 0:
                    globals.Add(argument);
                    break;
                default:
                    if (stages.Count == 0)
                    {
                        throw DockerfileErrors.At(node.Line, "no build stage in current context");
                    }

                    stages[^1].Instructions.Add(instruction);
                    break;
            }

            all.AddRange(Lint.Of(instruction));
        }

        if (stages.Count == 0)
        {
            throw NaruException.Invalid("dockerfile contains no stages to build");
        }

        return new Dockerfile
        {
            Escape = directives.Escape,
            Syntax = directives.Syntax,
            GlobalArguments = globals.ToImmutable(),
            Stages = [.. stages.Select((s, i) => new Stage { Index = i, From = s.From, Instructions = [.. s.Instructions] })],
            Warnings = all.ToImmutable(),
        };
    }

    /// <summary>One instruction out of an ONBUILD.</summary>
    public static Instruction ParseTrigger(string text, char escape)
    {
        var (nodes, _, _) = LineReader.Read(text);
        return nodes.Length == 1 ? InstructionParser.Parse(nodes[0] with { Line = 0, EndLine = 0 }, escape)
            : throw NaruException.Invalid($"onbuild trigger should be a single expression, got {nodes.Length}");
    }

    private static void RefuseTwice(List<(FromInstruction From, List<Instruction> Instructions)> stages, FromInstruction from)
    {
        if (from.Name.Length > 0 && stages.Any(s => s.From.Name == from.Name))
        {
            throw DockerfileErrors.At(from.Node.Line, $"duplicate name {from.Name}");
        }
    }
}
