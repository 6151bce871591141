using System.Text;
using Naru.Core.Errors;
using Naru.Core.Units;

namespace Naru.Core.Stores;

/// <summary>What every store asks of its callers, so that a transaction that one takes is taken by all.</summary>
public static class StoreRules
{
    /// <summary>Most writes, and most conditions, of one transaction: etcd takes 128 steps, of which its store needs one itself.</summary>
    public const int MaximumWrites = 127;

    /// <summary>Reason of the failure's cause when values are too large.</summary>
    public const string TooLarge = "TooLarge";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Most bytes of all values and keys of one transaction: what etcd takes in one request unless told otherwise.</summary>
    public static ByteSize MaximumTransaction => ByteSize.FromKibibytes(1536);

    /// <summary>Refuses what no store takes. Too much is <see cref="ErrorKind.ResourceExhausted"/>; the rest is the caller's bug.</summary>
    /// <exception cref="ArgumentException">A key is empty, no text or written twice.</exception>
    public static void Check(StoreTransaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var (writes, conditions) = (transaction.Writes, transaction.Conditions);
        if (writes.Length > MaximumWrites || conditions.Length > MaximumWrites)
        {
            throw new NaruException(ErrorKind.ResourceExhausted, $"a transaction has {Math.Max(writes.Length, conditions.Length)} writes or conditions: at most {MaximumWrites} are allowed");
        }

        var bytes = 0L;
        foreach (var condition in conditions)
        {
            bytes += CheckKey(condition.Key);
        }

        for (var i = 0; i < writes.Length; i++)
        {
            bytes += CheckKey(writes[i].Key) + (writes[i].Value?.Length ?? 0);
            for (var j = 0; j < i; j++)
            {
                if (string.Equals(writes[i].Key, writes[j].Key, StringComparison.Ordinal))
                {
                    throw new ArgumentException($"key {writes[i].Key} is written twice in one transaction", nameof(transaction));
                }
            }
        }

        if (bytes > MaximumTransaction.Bytes)
        {
            var what = writes.Length == 1 ? $"value of {writes[0].Key}" : "transaction";
            throw new NaruException(ErrorKind.ResourceExhausted, $"the {what} is too large: {new ByteSize(bytes)}, limit {MaximumTransaction}")
            {
                Details = new FailureDetails { Causes = [new FailureCause(TooLarge, $"limit is {MaximumTransaction}", "")] },
            };
        }
    }

    private static int CheckKey(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        try
        {
            return Strict.GetByteCount(key);
        }
        catch (EncoderFallbackException e)
        {
            throw new ArgumentException("a key is no text: it has half of a surrogate pair", nameof(key), e);
        }
    }
}
