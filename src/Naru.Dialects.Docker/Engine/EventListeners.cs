namespace Naru.Dialects.Docker.Engine;

/// <summary>How many clients listen to events now.</summary>
internal sealed class EventListeners
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void Enter() => Interlocked.Increment(ref _count);

    public void Leave() => Interlocked.Decrement(ref _count);
}
