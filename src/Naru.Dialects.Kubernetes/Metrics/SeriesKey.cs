namespace Naru.Dialects.Kubernetes.Metrics;

/// <summary>The values of a series' labels, to find it by. Instruments give their labels in one order.</summary>
internal readonly struct SeriesKey : IEquatable<SeriesKey>
{
    private readonly object?[] _values;
    private readonly int _hash;

    private SeriesKey(object?[] values, int hash) => (_values, _hash) = (values, hash);

    public static SeriesKey Of(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var values = new object?[tags.Length];
        var hash = new HashCode();
        for (var index = 0; index < tags.Length; index++)
        {
            values[index] = tags[index].Value;
            hash.Add(tags[index].Value);
        }

        return new SeriesKey(values, hash.ToHashCode());
    }

    public bool Equals(SeriesKey other) => _hash == other._hash && _values.AsSpan().SequenceEqual(other._values);

    public override bool Equals(object? obj) => obj is SeriesKey other && Equals(other);

    public override int GetHashCode() => _hash;
}
