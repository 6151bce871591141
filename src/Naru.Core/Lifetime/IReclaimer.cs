using Naru.Core.Units;

namespace Naru.Core.Lifetime;

/// <summary>A part of the engine that can give disk space back (<c>naru gc</c>, the disk budget).</summary>
public interface IReclaimer
{
    /// <summary>Who is asked first: build cache 100, dead containers 200, dangling images 300, unused images 400.</summary>
    int Order { get; }

    /// <summary>What it reclaims, for people: <c>build cache</c>.</summary>
    string Name { get; }

    /// <summary>Frees about the wished bytes, the longest unused first; stops earlier when nothing more may go. Only what was unused for at least <paramref name="unusedFor"/>.</summary>
    Task<ByteSize> ReclaimAsync(ByteSize wished, TimeSpan unusedFor, CancellationToken cancellationToken);
}
