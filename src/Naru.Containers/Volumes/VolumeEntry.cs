using Naru.Core.Volumes;

namespace Naru.Containers.Volumes;

/// <summary>One volume in memory. Its gate lets one change at a time through.</summary>
internal sealed class VolumeEntry : IDisposable
{
    internal SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>Null before it is on disk and after it is removed.</summary>
    internal VolumeRecord? Record { get; set; }

    /// <summary>The same for readers; null likewise.</summary>
    internal Volume? Volume { get; set; }

    /// <summary>Removed, or never made: look the name up again.</summary>
    internal bool Gone { get; set; }

    /// <summary>Who has it mounted.</summary>
    internal HashSet<string> Users { get; } = [];

    public void Dispose() => Gate.Dispose();
}
