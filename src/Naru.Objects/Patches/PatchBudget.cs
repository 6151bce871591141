using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Objects.Patches;

/// <summary>What one JSON patch may cost, so that a small patch cannot make a huge or a bottomless document.</summary>
internal sealed class PatchBudget
{
    private const long MostCopied = 3 * 1024 * 1024;
    private const long MostWork = 30_000_000;

    private readonly int _depth = JsonLimits.Default.Depth;
    private long _copied;
    private long _work;

    /// <summary>Counts a value that an operation puts at a depth.</summary>
    public void Place(JsonPatchOperation operation, Value value, int depth)
    {
        var (size, deepest) = Measure(value, 1);
        if (depth + deepest > _depth)
        {
            throw operation.Fails($"the document would be nested deeper than {_depth}");
        }

        if (operation.Name == "copy" && (_copied += size) > MostCopied)
        {
            throw operation.Fails($"the patch copies more than {MostCopied} bytes");
        }

        Work(operation, operation.Name == "move" ? size : 0);
    }

    /// <summary>Counts work that grows with the document.</summary>
    public void Work(JsonPatchOperation operation, long amount)
    {
        if ((_work += amount) > MostWork)
        {
            throw operation.Fails("the patch is too costly");
        }
    }

    private static (long Size, int Depth) Measure(Value value, int depth)
    {
        var (size, deepest) = (8L, depth);
        switch (value)
        {
            case TextValue text:
                size += text.Text.Length;
                break;
            case ListValue list:
                foreach (var item in list)
                {
                    Join(Measure(item, depth + 1), 0, ref size, ref deepest);
                }

                break;
            case MapValue map:
                foreach (ref readonly var field in map.AsSpan())
                {
                    Join(Measure(field.Value, depth + 1), field.Key.Length, ref size, ref deepest);
                }

                break;
        }

        return (size, deepest);
    }

    private static void Join((long Size, int Depth) part, int name, ref long size, ref int deepest)
    {
        size += part.Size + name;
        deepest = Math.Max(deepest, part.Depth);
    }
}
