using Naru.Core.Images;

namespace Naru.Images.Tests.Support;

/// <summary>Keeps what is reported, at once and in order.</summary>
internal sealed class ProgressLog : IProgress<ImageProgress>
{
    private readonly List<ImageProgress> _all = [];

    internal IReadOnlyList<ImageProgress> All
    {
        get
        {
            lock (_all)
            {
                return [.. _all];
            }
        }
    }

    internal IEnumerable<string> Lines => All.Select(news => news.Status);

    public void Report(ImageProgress value)
    {
        lock (_all)
        {
            _all.Add(value);
        }
    }
}
