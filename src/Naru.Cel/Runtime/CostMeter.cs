namespace Naru.Cel.Runtime;

/// <summary>Counts what an evaluation costs, and ends it when that is too much. One evaluation, one thread.</summary>
public sealed class CostMeter(long limit, CancellationToken cancellationToken = default)
{
    /// <summary>What one expression may cost.</summary>
    public const long PerExpression = 1_000_000;

    /// <summary>What all expressions about one object may cost.</summary>
    public const long PerObject = 10_000_000;

    private int _calls;

    /// <summary>What was spent.</summary>
    public long Spent { get; private set; }

    /// <summary>Spends.</summary>
    /// <exception cref="CostExceededException">The limit is passed.</exception>
    public void Charge(long cost)
    {
        Spent += cost;
        if (Spent > limit || Spent < 0)
        {
            throw new CostExceededException();
        }

        if ((++_calls & 0xFFF) == 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Spends for walking so many characters or items: a tenth of each.</summary>
    public void ChargeWalk(long size) => Charge((size + 9) / 10);
}

/// <summary>An evaluation was ended because it cost too much.</summary>
public sealed class CostExceededException() : Exception("operation cancelled: actual cost limit exceeded");
