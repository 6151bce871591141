using System.Text;
using Naru.Objects.Values;
using Naru.Scheduling.Facts;

namespace Naru.Scheduling.State;

/// <summary>Shapes and classes by the bytes that make them up. Those that nobody uses any more are dropped when there are many.</summary>
internal sealed class PodClasses(Resources resources)
{
    private const int Spare = 8192;

    private readonly Dictionary<string, PodShape> _shapes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PodClass> _classes = new(StringComparer.Ordinal);
    private readonly PodShapeReader _reader = new(resources);
    private int _limit = Spare;

    public IEnumerable<PodClass> All => _classes.Values;

    public PodClass Find(string space, string owner, ReadOnlySpan<byte> shapeKey, ReadOnlySpan<byte> groupKey, Func<MapValue> tree)
    {
        var length = Encoding.Latin1.GetCharCount(shapeKey) + Encoding.Latin1.GetCharCount(groupKey) + space.Length + owner.Length + 3;
        var letters = length <= 8192 ? stackalloc char[length] : new char[length];
        var shapeEnd = Encoding.Latin1.GetChars(shapeKey, letters);
        letters[shapeEnd] = '\u0100';
        var end = shapeEnd + 1 + Encoding.Latin1.GetChars(groupKey, letters[(shapeEnd + 1)..]);
        letters[end++] = '\u0100';
        space.CopyTo(letters[end..]);
        end += space.Length;
        letters[end++] = '\u0100';
        owner.CopyTo(letters[end..]);
        var key = letters[..(end + owner.Length)];
        return _classes.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(key, out var found) ? found : Make(key.ToString(), letters[..shapeEnd].ToString(), space, owner, tree());
    }

    private PodClass Make(string key, string shapeKey, string space, string owner, MapValue tree)
    {
        if (_classes.Count >= _limit)
        {
            Sweep();
        }

        if (!_shapes.TryGetValue(shapeKey, out var shape))
        {
            _shapes[shapeKey] = shape = _reader.Read(tree);
        }

        return _classes[key] = new() { Shape = shape, Namespace = space, Owner = owner, Labels = TextMap.Read(tree.Map("metadata", "labels")) };
    }

    private void Sweep()
    {
        foreach (var (key, _) in _classes.Where(static one => one.Value.Pods == 0).ToList())
        {
            _classes.Remove(key);
        }

        var used = _classes.Values.Select(static one => one.Shape).ToHashSet();
        foreach (var (key, _) in _shapes.Where(one => !used.Contains(one.Value)).ToList())
        {
            _shapes.Remove(key);
        }

        _limit = (_classes.Count * 2) + Spare;
    }
}
