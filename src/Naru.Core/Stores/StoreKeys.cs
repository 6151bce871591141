namespace Naru.Core.Stores;

/// <summary>Ranges of keys.</summary>
public static class StoreKeys
{
    /// <summary>The first key after all keys that start with the prefix. The empty prefix has the end <c>"\uffff"</c>, above every key of text in use.</summary>
    public static string EndOf(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return prefix.Length == 0 ? "\uffff" : string.Concat(prefix.AsSpan(0, prefix.Length - 1), [(char)(prefix[^1] + 1)]);
    }
}
