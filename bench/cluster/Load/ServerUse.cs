using System.Globalization;

namespace Naru.Cluster.Bench.Load;

/// <summary>Processor time and memory of the server's processes, where the caller names them.</summary>
internal sealed class ServerUse(IReadOnlyList<int> processes)
{
    private const double TicksASecond = 100;

    public bool IsKnown => processes.Count > 0;

    /// <summary>Milliseconds of processor since they began.</summary>
    public double Milliseconds() => processes.Sum(static process =>
    {
        var fields = File.ReadAllText($"/proc/{process}/stat").Split(") ")[1].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) * 1000 / TicksASecond;
    });

    /// <summary>Resident megabytes.</summary>
    public double Megabytes() => processes.Sum(static process =>
        double.Parse(File.ReadLines($"/proc/{process}/status").First(static line => line.StartsWith("VmRSS", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1000);
}
