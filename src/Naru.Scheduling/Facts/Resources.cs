namespace Naru.Scheduling.Facts;

/// <summary>Resources as numbers. Processors are counted in thousandths, everything else in whole units.</summary>
internal sealed class Resources
{
    public const int Cpu = 0;
    public const int Memory = 1;
    public const int EphemeralStorage = 2;

    /// <summary>What a container that asks for nothing counts for when nodes are compared.</summary>
    public const long UnaskedCpu = 100;

    /// <inheritdoc cref="UnaskedCpu"/>
    public const long UnaskedMemory = 200L * 1024 * 1024;

    private readonly NameTable _names = new("cpu", "memory", "ephemeral-storage");

    public int Count => _names.Count;

    public string NameOf(int resource) => _names[resource];

    public int Number(string name) => _names.Number(name);

    /// <summary>Whether requests for a pod as a whole may name it.</summary>
    public static bool IsPodLevel(string name) => name is "cpu" or "memory" || name.StartsWith("hugepages-", StringComparison.Ordinal);
}

/// <summary>So much of a resource.</summary>
internal readonly record struct ResourceAmount(int Resource, long Amount);
