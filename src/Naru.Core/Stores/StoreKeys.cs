using System.Text;

namespace Naru.Core.Stores;

/// <summary>Ranges and order of keys.</summary>
public static class StoreKeys
{
    /// <summary>The order of keys: that of their UTF-8 bytes, which is that of their code points.</summary>
    public static IComparer<string> Order { get; } = Comparer<string>.Create(Compare);

    /// <summary>The first key after all keys that start with the prefix. The empty prefix has the end <c>"\uffff"</c>, above every key of text in use.</summary>
    public static string EndOf(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        if (prefix.Length == 0)
        {
            return "\uffff";
        }

        Rune.DecodeLastFromUtf16(prefix, out var last, out var length);
        var next = last.Value == 0xd7ff ? 0xe000 : last.Value + 1;
        return next > 0x10ffff ? EndOf(prefix[..^length]) : string.Concat(prefix.AsSpan(0, prefix.Length - length), new Rune(next).ToString());
    }

    /// <summary>Compares as <see cref="Order"/> does.</summary>
    public static int Compare(string? left, string? right)
    {
        if (left is null || right is null)
        {
            return left is null ? (right is null ? 0 : -1) : 1;
        }

        var same = left.AsSpan().CommonPrefixLength(right);
        if (same == left.Length || same == right.Length)
        {
            return left.Length.CompareTo(right.Length);
        }

        // Surrogates stand for code points above all others, but lie below U+E000 as numbers.
        var (a, b) = (left[same], right[same]);
        return char.IsSurrogate(a) == char.IsSurrogate(b) ? a.CompareTo(b) : char.IsSurrogate(a) ? 1 : -1;
    }
}
