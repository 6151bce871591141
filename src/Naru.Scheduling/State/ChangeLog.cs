namespace Naru.Scheduling.State;

/// <summary>Which nodes changed lately, in order; old changes are lost.</summary>
internal sealed class ChangeLog
{
    private const int Size = 1 << 14;

    private readonly int[] _places = new int[Size];

    /// <summary>Number of the next change.</summary>
    public long Head { get; private set; }

    public int this[long at] => _places[at & (Size - 1)];

    public bool IsLost(long from) => Head - from > Size;

    public void Add(int place) => _places[Head++ & (Size - 1)] = place;
}
