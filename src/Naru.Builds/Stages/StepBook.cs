using System.Collections.Immutable;
using System.Globalization;
using Naru.Builds.Copying;
using Naru.Builds.Dockerfiles;
using Naru.Core.Builds;
using Naru.Core.Images;

namespace Naru.Builds.Stages;

/// <summary>Gives every step its number and its name, as the two builders count.</summary>
internal sealed class StepBook
{
    private readonly Dictionary<Node, BuildStep> _steps = new(ReferenceEqualityComparer.Instance);
    private readonly string _build = Guid.NewGuid().ToString("N");

    private StepBook()
    {
    }

    /// <summary>All of them in order.</summary>
    public ImmutableArray<BuildStep> All { get; private set; } = [];

    public static StepBook Make(Dockerfile file, IReadOnlyList<Stage> stages, bool classic)
    {
        var book = new StepBook();
        var steps = classic ? book.Classic(file, stages) : book.BuildKit(stages);
        book.All = [.. steps];
        return book;
    }

    /// <summary>The step of an instruction; null: it has none of its own.</summary>
    public BuildStep? Of(Node node) => _steps.GetValueOrDefault(node);

    /// <summary>A step that no line of the Dockerfile stands for.</summary>
    public static BuildStep Internal(string name) => new() { Id = CopyDigest.OfTexts(Guid.NewGuid().ToString("N"), name), Name = name };

    /// <summary>A step for an ONBUILD trigger.</summary>
    public BuildStep Trigger(Stage stage, Node node, int number) => new()
    {
        Id = IdOf($"{stage.Index} trigger {number} {node.Original}"),
        Name = $"[{stage.Name}] ONBUILD {node.Original}",
        Instruction = node.Original,
    };

    private List<BuildStep> Classic(Dockerfile file, IReadOnlyList<Stage> stages)
    {
        var nodes = file.GlobalArguments.Select(a => a.Node).Concat(stages.SelectMany(s => s.Instructions.Select(i => i.Node).Prepend(s.From.Node))).ToList();
        return [.. nodes.Select((node, i) => Enter(node, node.Original, i + 1, nodes.Count, $"Step {i + 1}/{nodes.Count} : {node.Original}"))];
    }

    private List<BuildStep> BuildKit(IReadOnlyList<Stage> stages)
    {
        var steps = new List<BuildStep>();
        foreach (var stage in stages)
        {
            var own = stage.Instructions.Where(IsWork).ToList();
            var prefix = stages.Count == 1 && stage.From.Name.Length == 0 ? "" : stage.From.Name.Length > 0 ? stage.From.Name + " " : $"stage-{stage.Index} ";
            var count = own.Count + 1;
            steps.Add(Enter(stage.From.Node, stage.From.Node.Original, 1, count, $"[{prefix}{Number(1, count)}] FROM {stage.From.Base}"));
            for (var i = 0; i < own.Count; i++)
            {
                steps.Add(Enter(own[i].Node, own[i].Node.Original, i + 2, count, $"[{prefix}{Number(i + 2, count)}] {Title(own[i].Node)}"));
            }
        }

        return steps;
    }

    public static bool IsWork(Instruction instruction) => instruction is RunInstruction or CopyInstruction or WorkdirInstruction;

    private static string Title(Node node) =>
        node.Heredocs is [var first, ..] && node.Keyword == "RUN" && node.Rest.StartsWith("<<", StringComparison.Ordinal)
            ? $"{node.Original} ({FirstLine(first.Content)}...)" : node.Original;

    private static string FirstLine(string content) => content.Split('\n', 2)[0].Trim();

    private static string Number(int number, int count) =>
        number.ToString(CultureInfo.InvariantCulture).PadLeft(count.ToString(CultureInfo.InvariantCulture).Length) + "/" + count.ToString(CultureInfo.InvariantCulture);

    private BuildStep Enter(Node node, string instruction, int number, int count, string name)
    {
        var step = new BuildStep
        {
            Id = IdOf($"{node.Line} {number} {name}"),
            Name = name,
            Instruction = instruction,
            Number = number,
            Count = count,
            Line = node.Line,
            EndLine = node.EndLine,
        };
        _steps[node] = step;
        return step;
    }

    private Digest IdOf(string what) => CopyDigest.OfTexts(_build, what);
}
