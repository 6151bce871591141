using System.Collections.Immutable;
using Naru.Core.Containers;
using Naru.Core.Images;

namespace Naru.Core.Builds;

/// <summary>Hears how a build goes. Calls come in order for one step; steps may overlap, so an implementation takes calls from several threads.
/// It must not block for long.</summary>
public interface IBuildProgress
{
    /// <summary>All steps that are known so far, in order of the Dockerfile; told again when more are known.</summary>
    void Planned(ImmutableArray<BuildStep> steps);

    /// <summary>A step begins.</summary>
    void Started(BuildStep step);

    /// <summary>A step runs in this container (RUN).</summary>
    void Running(BuildStep step, ContainerId container);

    /// <summary>A step wrote output.</summary>
    void Output(BuildStep step, OutputStream stream, ReadOnlySpan<byte> bytes);

    /// <summary>News of fetching within a step.</summary>
    void Progress(BuildStep step, ImageProgress news);

    /// <summary>A step ended.</summary>
    void Completed(BuildStep step, BuildStepOutcome outcome);

    /// <summary>A warning about the Dockerfile.</summary>
    void Warn(BuildWarning warning);
}

/// <summary>One step of a build.</summary>
public sealed record BuildStep
{
    /// <summary>Names it within its build.</summary>
    public required Digest Id { get; init; }

    /// <summary>The steps it waits for.</summary>
    public ImmutableArray<Digest> Inputs { get; init; } = [];

    /// <summary>For people: <c>[build 2/3] RUN make</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The instruction as the Dockerfile has it, <c>RUN make</c>: what the classic builder prints after <c>Step 1/3 : </c>.</summary>
    public string Instruction { get; init; } = "";

    /// <summary>Number of the step in the classic builder's count, from 1; 0: internal.</summary>
    public int Number { get; init; }

    /// <summary>Number of all steps in that count.</summary>
    public int Count { get; init; }

    /// <summary>Line of the Dockerfile; 0: none.</summary>
    public int Line { get; init; }

    /// <summary>Last line of the instruction.</summary>
    public int EndLine { get; init; }
}

/// <summary>How a step ended.</summary>
public sealed record BuildStepOutcome
{
    /// <summary>It came from the cache (classic: <c> ---> Using cache</c>).</summary>
    public bool Cached { get; init; }

    /// <summary>Id of the image it made (classic: <c> ---> id</c>); null: none.</summary>
    public Digest? ImageId { get; init; }

    /// <summary>Its container, when that was removed (classic: <c>Removing intermediate container id</c>).</summary>
    public ContainerId? RemovedContainer { get; init; }

    /// <summary>Why it failed; null: it did not.</summary>
    public string? Error { get; init; }
}

/// <summary>A warning about the Dockerfile.</summary>
/// <param name="Message">One line.</param>
/// <param name="Line">Line of the Dockerfile; 0: none.</param>
/// <param name="Rule">Name of the rule, <c>JSONArgsRecommended</c>; empty: none.</param>
/// <param name="Detail">Says more; empty: nothing more to say.</param>
public sealed record BuildWarning(string Message, int Line, string Rule = "", string Detail = "");
