using Naru.Core.Images;

namespace Naru.Images.Layers;

/// <summary>
/// Brings the layers of a chain that are missing, several at a time and each once even if others want the same, and takes them in together. A failure of
/// one gives up the others; nothing of a failed chain stays.
/// </summary>
internal sealed class ChainAssembler(LayerStore layers)
{
    /// <summary>Fills one staged layer: its index in the chain, the chain below it, where to.</summary>
    internal delegate Task FillAsync(int index, LayerChain parent, StagedLayer staged, CancellationToken cancellationToken);

    /// <summary>Makes the chain whole. The result keeps it from being collected until disposed.</summary>
    /// <param name="chain">What is wanted.</param>
    /// <param name="atATime">Layers filled at a time.</param>
    /// <param name="present">Told the index of each layer that is here already.</param>
    /// <param name="fillAsync">Brings a missing one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task<IDisposable> AssembleAsync(
        LayerChain chain, int atATime, Action<int> present, FillAsync fillAsync, CancellationToken cancellationToken)
    {
        var hold = layers.Hold(chain);
        var gates = new List<IDisposable>();
        var staged = new SortedDictionary<int, StagedLayer>();
        try
        {
            // 1. Gates from the lowest up, in which order every chain takes them, so no two wait for each other.
            var chainIds = layers.ChainIds(chain);
            for (var index = 0; index < chainIds.Length; index++)
            {
                if (layers.Find(chainIds[index]) is null)
                {
                    gates.Add(await layers.EnterAsync(chainIds[index], cancellationToken));
                }

                if (layers.Find(chainIds[index]) is null)
                {
                    staged.Add(index, layers.Stage());
                }
                else
                {
                    present(index);
                }
            }

            // 2. All missing ones, the lowest first.
            await Parallel.ForEachAsync(
                staged,
                new ParallelOptions { MaxDegreeOfParallelism = atATime, CancellationToken = cancellationToken },
                async (pair, token) => await fillAsync(pair.Key, new([.. chain.DiffIds[..pair.Key]]), pair.Value, token));

            // 3. What a layer does not say of its directories it takes from those below.
            var lower = new List<string>();
            for (var index = 0; index < chainIds.Length; index++)
            {
                if (staged.TryGetValue(index, out var layer))
                {
                    layer.Complete(lower);
                }

                lower.Insert(0, layers.Find(chainIds[index])?.Files ?? layer!.FilesPath);
            }

            // 4. One sync for all.
            await Task.Run(() => layers.Take([.. staged.Values]), cancellationToken);
            return hold;
        }
        catch
        {
            hold.Dispose();
            throw;
        }
        finally
        {
            foreach (var layer in staged.Values)
            {
                layer.Dispose();
            }

            gates.ForEach(gate => gate.Dispose());
        }
    }
}
