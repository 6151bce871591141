using System.Collections.Immutable;
using System.Text;
using Naru.Core.Builds;
using Naru.Core.Containers;
using Naru.Core.Images;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Builds;

/// <summary>
/// Tells a build's progress in the classic builder's words. When quiet, the lines are kept and told only if the build fails.
/// </summary>
internal sealed class BuildTeller(ProgressStream stream, bool quiet) : IBuildProgress
{
    /// <summary>Standard error is red, as the classic builder has it.</summary>
    private const string Red = "\u001b[91m";
    private const string Plain = "\u001b[0m";

    private readonly Lock _lock = new();
    private readonly Decoder _output = Encoding.UTF8.GetDecoder();
    private readonly Decoder _error = Encoding.UTF8.GetDecoder();
    private readonly List<ProgressLine> _kept = [];

    public void Planned(ImmutableArray<BuildStep> steps)
    {
        // The classic form tells no plan.
    }

    public void Started(BuildStep step)
    {
        if (step.Number > 0)
        {
            Text($"Step {step.Number}/{step.Count} : {step.Instruction}");
            Text("\n");
        }
    }

    public void Running(BuildStep step, ContainerId container) => Text($" ---> Running in {container.Short}\n");

    public void Output(BuildStep step, OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            var decoder = stream == OutputStream.Error ? _error : _output;
            var letters = new char[decoder.GetCharCount(bytes, flush: false)];
            decoder.GetChars(bytes, letters, flush: false);
            if (letters.Length > 0)
            {
                Text(stream == OutputStream.Error ? $"{Red}{new string(letters)}{Plain}" : new string(letters));
            }
        }
    }

    public void Progress(BuildStep step, ImageProgress news)
    {
        if (!quiet)
        {
            stream.Report(news);
        }
    }

    public void Completed(BuildStep step, BuildStepOutcome outcome)
    {
        if (outcome.Cached)
        {
            Text(" ---> Using cache\n");
        }
        if (outcome.RemovedContainer is { } container)
        {
            Text($"Removing intermediate container {container.Short}\n");
        }
        if (outcome.ImageId is { } image)
        {
            Text($" ---> {image.Short}\n");
        }
    }

    public void Warn(BuildWarning warning) => Text($"[Warning] {warning.Message}\n");

    /// <summary>The last lines of a build that succeeded.</summary>
    public void Built(Image image, IEnumerable<ImageReference> names, ImmutableArray<string> unusedArguments)
    {
        if (!unusedArguments.IsEmpty)
        {
            Text($"[Warning] One or more build-args [{string.Join(' ', unusedArguments)}] were not consumed\n");
        }
        if (quiet)
        {
            stream.Text(image.Id.Value + "\n");
            return;
        }
        stream.Aux(new BuildAux { ID = image.Id.Value });
        stream.Text($"Successfully built {image.Id.Short}\n");
        foreach (var name in names)
        {
            stream.Text($"Successfully tagged {name.Familiar}\n");
        }
    }

    /// <summary>Tells what was kept: the build failed and the lines say why.</summary>
    public void Failed()
    {
        lock (_lock)
        {
            _kept.ForEach(stream.Tell);
            _kept.Clear();
        }
    }

    private void Text(string text)
    {
        var line = new ProgressLine { Stream = text };
        if (!quiet)
        {
            stream.Tell(line);
            return;
        }
        lock (_lock)
        {
            _kept.Add(line);
        }
    }
}
