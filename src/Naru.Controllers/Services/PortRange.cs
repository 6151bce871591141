using System.Globalization;

namespace Naru.Controllers.Services;

/// <summary>A range of ports that services are given on every node.</summary>
internal sealed record PortRange(int First, int Last)
{
    private const int SmallestBand = 16;
    private const int LargestBand = 128;

    /// <summary>Reads <c>30000-32767</c>.</summary>
    public static PortRange Parse(string text)
    {
        var parts = text.Split('-', 2);
        return new(int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[^1], CultureInfo.InvariantCulture));
    }

    /// <summary>The port lies in it.</summary>
    public bool Contains(long port) => port >= First && port <= Last;

    /// <summary>Ports in the order in which they are tried: the lower part last, which is left to those who choose for themselves.</summary>
    public IEnumerable<int> Candidates(Random random)
    {
        var count = Last - First + 1;
        var band = count < SmallestBand * 2 ? 0 : Math.Clamp(count / 32, SmallestBand, LargestBand);
        return Walk(First + band, count - band, random).Concat(Walk(First, band, random));
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");

    private static IEnumerable<int> Walk(int first, int count, Random random)
    {
        var start = count == 0 ? 0 : random.Next(count);
        return Enumerable.Range(0, count).Select(step => first + ((start + step) % count));
    }
}
