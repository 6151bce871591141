using Naru.Core.Images;
using Naru.Images.Layers;

namespace Naru.Images.Archives;

/// <summary>Reports how many bytes have passed, at most ten times a second and once at the end.</summary>
internal sealed class ProgressStream(
    Stream inner, string id, string status, long total, IProgress<ImageProgress> progress, TimeProvider time) : PassingStream(inner)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private long _reported;
    private long _count;

    protected override void Passed(ReadOnlySpan<byte> bytes)
    {
        _count += bytes.Length;
        if (_reported == 0 || time.GetElapsedTime(_reported) >= Interval || (_count == total && bytes.Length > 0))
        {
            _reported = time.GetTimestamp();
            progress.Report(new(id, status, _count, total));
        }
    }
}
