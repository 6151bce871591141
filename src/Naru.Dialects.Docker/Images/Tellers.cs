using Naru.Core.Images;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Images;

/// <summary>Adds to a pull's news the lines that frame it: <c>Pulling from</c>, <c>Digest</c>, <c>Status</c>. What the engine tells itself is not doubled.</summary>
internal sealed class PullTeller(ProgressStream stream, ImageReference asked) : IProgress<ImageProgress>
{
    private readonly Lock _lock = new();
    private bool _begun;
    private bool _digest;
    private bool _status;

    public void Report(ImageProgress value)
    {
        lock (_lock)
        {
            if (!_begun)
            {
                _begun = true;
                if (!value.Status.StartsWith("Pulling from", StringComparison.Ordinal))
                {
                    stream.Status($"Pulling from {asked.Repository}", asked.Tag ?? asked.Digest?.Value ?? value.Id);
                }
            }
            _digest |= value.Status.StartsWith("Digest: ", StringComparison.Ordinal);
            _status |= value.Status.StartsWith("Status: ", StringComparison.Ordinal);
            stream.Report(value);
        }
    }

    public void End(Pulled pulled, ImageReference reference)
    {
        lock (_lock)
        {
            if (!_begun)
            {
                _begun = true;
                stream.Status($"Pulling from {asked.Repository}", asked.Tag ?? asked.Digest?.Value);
            }
            if (!_digest)
            {
                stream.Status($"Digest: {pulled.Digest}");
            }
            if (!_status)
            {
                stream.Status($"Status: {(pulled.WasHere ? "Image is up to date" : "Downloaded newer image")} for {reference.Familiar}");
            }
            (_digest, _status) = (false, false);
        }
    }
}

/// <summary>Adds to a push's news the first line and the result.</summary>
internal sealed class PushTeller(ProgressStream stream, ImageReference asked) : IProgress<ImageProgress>
{
    private readonly Lock _lock = new();
    private bool _begun;
    private bool _result;

    public void Report(ImageProgress value)
    {
        lock (_lock)
        {
            Begin(value.Status);
            _result |= value.Status.Contains(": digest: ", StringComparison.Ordinal);
            stream.Report(value);
        }
    }

    public void End(Pushed pushed)
    {
        lock (_lock)
        {
            Begin("");
            if (!_result)
            {
                stream.Status($"{pushed.Tag}: digest: {pushed.Digest} size: {pushed.Size}");
            }
            _result = false;
            stream.Aux(new PushAux { Tag = pushed.Tag, Digest = pushed.Digest.Value, Size = pushed.Size });
        }
    }

    private void Begin(string status)
    {
        if (!_begun)
        {
            _begun = true;
            if (!status.StartsWith("The push refers to", StringComparison.Ordinal))
            {
                stream.Status($"The push refers to repository [{asked.Registry}/{asked.Repository}]");
            }
        }
    }
}

/// <summary>A load's results are text; its layers are told only when not quiet.</summary>
internal sealed class LoadTeller(ProgressStream stream, bool quiet) : IProgress<ImageProgress>
{
    public void Report(ImageProgress value)
    {
        if (value.Status.StartsWith("Loaded image", StringComparison.Ordinal) || value.Status.StartsWith("The image ", StringComparison.Ordinal))
        {
            stream.Text(value.Status.EndsWith('\n') ? value.Status : value.Status + "\n");
        }
        else if (!quiet)
        {
            stream.Report(value);
        }
    }
}
