namespace Naru.Administration;

/// <summary>A connection's feature: it came in over the administration socket.</summary>
internal sealed class AdminConnection
{
    public static readonly AdminConnection Mark = new();

    private AdminConnection()
    {
    }
}
