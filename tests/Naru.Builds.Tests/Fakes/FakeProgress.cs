using System.Collections.Immutable;
using Naru.Core.Builds;
using Naru.Core.Containers;
using Naru.Core.Images;

namespace Naru.Builds.Tests.Fakes;

/// <summary>Writes down what a build tells.</summary>
internal sealed class FakeProgress : IBuildProgress
{
    private readonly Lock _lock = new();

    public List<string> Lines { get; } = [];

    public void Planned(ImmutableArray<BuildStep> steps)
    {
    }

    public void Started(BuildStep step) => Add("start " + (step.Number > 0 ? step.Instruction : step.Name));

    public void Running(BuildStep step, ContainerId container) => Add("running " + step.Instruction);

    public void Output(BuildStep step, OutputStream stream, ReadOnlySpan<byte> bytes) => Add("output " + System.Text.Encoding.UTF8.GetString(bytes));

    public void Progress(BuildStep step, ImageProgress news)
    {
    }

    public void Completed(BuildStep step, BuildStepOutcome outcome) =>
        Add($"{(outcome.Error is not null ? "failed" : outcome.Cached ? "cached" : "done")} {(step.Number > 0 ? step.Instruction : step.Name)}");

    public void Warn(BuildWarning warning) => Add("warn " + warning.Rule);

    private void Add(string line)
    {
        lock (_lock)
        {
            Lines.Add(line);
        }
    }
}
