using System.Text;

namespace Naru.Objects.Json;

/// <summary>Field names that were met before, so that the many trees of equal shape share them: less memory, and names that are equal are most often the same
/// reference, which makes looking them up cheap. A table of fixed size: a newer name takes the place of an older one with the same slot.</summary>
internal static class FieldNames
{
    private const int Slots = 4096;
    private const int LongestName = 64;

    private static readonly Entry?[] Table = new Entry?[Slots];

    /// <summary>The name that these UTF-8 bytes spell.</summary>
    public static string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length is 0 or > LongestName)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        ref var slot = ref Table[Hash(utf8) & (Slots - 1)];
        var entry = Volatile.Read(ref slot);
        if (entry is not null && utf8.SequenceEqual(entry.Utf8))
        {
            return entry.Name;
        }

        var name = Encoding.UTF8.GetString(utf8);
        Volatile.Write(ref slot, new Entry(utf8.ToArray(), name));
        return name;
    }

    private static uint Hash(ReadOnlySpan<byte> utf8)
    {
        // Length, both ends and the middle tell the field names of Kubernetes apart well enough; a clash costs a string, nothing else.
        var hash = (uint)utf8.Length;
        hash = (hash * 31) + utf8[0];
        hash = (hash * 31) + utf8[^1];
        hash = (hash * 31) + utf8[utf8.Length / 2];
        hash = (hash * 31) + utf8[utf8.Length / 3];
        hash = (hash * 31) + utf8[utf8.Length * 3 / 4];
        return hash ^ (hash >> 12);
    }

    private sealed record Entry(byte[] Utf8, string Name);
}
