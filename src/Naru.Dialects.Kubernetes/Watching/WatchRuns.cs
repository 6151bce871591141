using System.Buffers;
using System.Runtime.CompilerServices;
using Naru.Dialects.Kubernetes.Requests;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Watching;

/// <summary>Makes runs of changes into bytes, once for all watches that send the same run in the same form. A run is kept as long as its first change is. Any thread.</summary>
internal sealed class WatchRuns
{
    private const int LargestKeptBuffer = 1024 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    private readonly ConditionalWeakTable<ApiChange, List<Shared>> _shared = [];

    /// <summary>The bytes of changes; at least one.</summary>
    public WatchRun Of(WatchFrames frames, List<ApiChange> changes)
    {
        // A bookmark is for one watch alone, and between two changes it would not show in the key.
        if (frames.SharedForm is not { } form || changes.Exists(static one => one.Kind == ChangeKind.Bookmark))
        {
            return Make(frames, changes);
        }

        var made = _shared.GetValue(changes[0], static _ => []);
        lock (made)
        {
            foreach (var one in made)
            {
                if (ReferenceEquals(one.Last, changes[^1]) && one.Form == form)
                {
                    return one.Run;
                }
            }

            var run = Make(frames, changes);
            made.Add(new Shared(form, changes[^1], run));
            return run;
        }
    }

    /// <summary>The bytes of the end of a watch that failed.</summary>
    public static WatchRun OfError(WatchFrames frames, MapValue status)
    {
        var buffer = Empty();
        frames.WriteError(status, buffer);
        return new WatchRun(buffer.WrittenSpan);
    }

    private static WatchRun Make(WatchFrames frames, List<ApiChange> changes)
    {
        var buffer = Empty();
        foreach (var change in changes)
        {
            frames.Write(change, buffer);
        }

        return new WatchRun(buffer.WrittenSpan);
    }

    private static ArrayBufferWriter<byte> Empty()
    {
        if (_buffer is null or { Capacity: > LargestKeptBuffer })
        {
            _buffer = new ArrayBufferWriter<byte>();
        }

        _buffer.ResetWrittenCount();
        return _buffer;
    }

    private readonly record struct Shared(AnswerForm Form, ApiChange Last, WatchRun Run);
}
