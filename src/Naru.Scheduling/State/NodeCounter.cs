namespace Naru.Scheduling.State;

/// <summary>How many pods of a set are on each node, or how many carry a term there. Kept up to date with every pod that comes and goes.</summary>
/// <param name="text">Equal for counters that count the same.</param>
/// <param name="weigh">How much a pod of a class counts; 0 for not at all.</param>
/// <param name="countsEnding">Pods that are being deleted count too.</param>
internal sealed class NodeCounter(string text, Func<PodClass, int> weigh, bool countsEnding)
{
    private int[] _counts = [];

    public string Text { get; } = text;

    public int Users { get; set; }

    public int this[int place] => place < _counts.Length ? _counts[place] : 0;

    public int Weigh(PodClass pods) => weigh(pods);

    public void Add(int place, int weight, bool ending)
    {
        if (ending && !countsEnding)
        {
            return;
        }

        if (place >= _counts.Length)
        {
            Array.Resize(ref _counts, Math.Max(64, Math.Max(place + 1, _counts.Length * 2)));
        }

        _counts[place] += weight;
    }

    /// <summary>Counts all pods of a class anew.</summary>
    public void AddAll(PodClass pods)
    {
        var weight = Weigh(pods);
        if (weight == 0)
        {
            return;
        }

        foreach (var (place, count) in pods.Nodes)
        {
            Add(place, weight * (countsEnding ? count.All : count.All - count.Ending), false);
        }
    }
}
