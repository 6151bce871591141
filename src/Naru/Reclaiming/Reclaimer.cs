using Naru.Core.Lifetime;
using Naru.Core.Units;

namespace Naru.Reclaiming;

/// <summary>Asks the engine's parts, in their order, to give disk space back. One round at a time.</summary>
internal sealed partial class Reclaimer(IEnumerable<IReclaimer> parts, ILogger<Reclaimer> logger) : IDisposable
{
    private readonly SemaphoreSlim _round = new(1);

    /// <summary>Frees about the wished bytes of what was unused for the given time; tells what each part freed.</summary>
    public async Task<IReadOnlyList<(string Name, ByteSize Freed)>> ReclaimAsync(ByteSize wished, TimeSpan unusedFor, CancellationToken cancellationToken)
    {
        await _round.WaitAsync(cancellationToken);
        try
        {
            var results = new List<(string, ByteSize)>();
            foreach (var part in parts.OrderBy(part => part.Order))
            {
                if (wished <= ByteSize.Zero)
                {
                    break;
                }

                var freed = await part.ReclaimAsync(wished, unusedFor, cancellationToken);
                results.Add((part.Name, freed));
                wished -= freed < wished ? freed : wished;
                if (freed > ByteSize.Zero)
                {
                    LogFreed(part.Name, freed);
                }
            }

            return results;
        }
        finally
        {
            _round.Release();
        }
    }

    public void Dispose() => _round.Dispose();

    [LoggerMessage(8030, LogLevel.Information, "Reclaimed {Size} from {Part}")]
    private partial void LogFreed(string part, ByteSize size);
}
