namespace Naru.Scheduling.Queueing;

/// <summary>Highest priority first, then who was made first, then who came first.</summary>
internal sealed class QueueOrder : IComparer<(int Priority, string Created, long Number)>, IComparer<QueuedPod>
{
    public static readonly QueueOrder Instance = new();

    public int Compare((int Priority, string Created, long Number) x, (int Priority, string Created, long Number) y)
    {
        var order = y.Priority.CompareTo(x.Priority);
        order = order != 0 ? order : string.CompareOrdinal(x.Created, y.Created);
        return order != 0 ? order : x.Number.CompareTo(y.Number);
    }

    public int Compare(QueuedPod? x, QueuedPod? y) => Compare(x!.Place, y!.Place);
}
