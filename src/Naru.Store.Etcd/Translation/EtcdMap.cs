using System.Globalization;
using Etcdserverpb;
using Google.Protobuf;
using Mvccpb;
using Naru.Core.Errors;
using Naru.Core.Stores;

namespace Naru.Store.Etcd.Translation;

/// <summary>Keys and revisions of the store as etcd has them: keys behind a prefix; revisions are etcd's, plus a constant if the store was moved here
/// from one whose revision was higher.</summary>
/// <param name="Prefix">What keys start with in etcd.</param>
/// <param name="Offset">What the store's revisions are above etcd's.</param>
/// <param name="Floor">Revision of the store at which the offset began: what is before it never was in this etcd.</param>
internal sealed record EtcdMap(string Prefix, long Offset, long Floor)
{
    // Messages may not lie in each other without end.
    private const int DeepestQuestion = 16;

    /// <summary>Where the store keeps what is not an object, outside of its keys.</summary>
    public static ByteString Own(string prefix, string name) => ByteString.CopyFromUtf8($"{prefix.TrimEnd('/')}.store/{name}");

    public ByteString Key(string key) => ByteString.CopyFromUtf8(Prefix + key);

    /// <summary>A revision as etcd counts; 0 stays 0 (the newest, or none).</summary>
    public long ToEtcd(long revision) => revision == 0 ? 0 : revision - Offset;

    public long ToStore(long etcd) => etcd == 0 ? 0 : etcd + Offset;

    /// <summary>Refuses a revision from before the store was here.</summary>
    public void CheckFloor(long revision)
    {
        if (revision < Floor)
        {
            throw new NaruException(ErrorKind.Expired, $"revision {revision} is compacted; the oldest kept is {Floor}");
        }
    }

    public StoreEntry Entry(KeyValue value) => new(KeyOf(value), value.Value.Memory, ToStore(value.CreateRevision), ToStore(value.ModRevision), value.Lease);

    public string KeyOf(KeyValue value) => value.Key.ToStringUtf8()[Prefix.Length..];

    /// <summary>A key that every commit changes: its revision is that of the newest change of the store's own keys, while etcd's moves with everybody's.</summary>
    public ByteString Head => Own(Prefix, "head");

    /// <summary>The conditions and writes, with the head changed by whatever changes something. If it fails, what stands at the conditions' keys is read, and at last the head.</summary>
    public TxnRequest Transaction(StoreTransaction transaction)
    {
        var request = new TxnRequest();
        foreach (var condition in transaction.Conditions)
        {
            // A revision from before the store was here (negative in etcd's count) is nobody's; -1 holds for no key.
            var modified = condition.Modified == 0 ? 0 : Math.Max(-1, ToEtcd(condition.Modified) is 0 ? -1 : ToEtcd(condition.Modified));
            request.Compare.Add(new Compare { Key = Key(condition.Key), Target = Compare.Types.CompareTarget.Mod, Result = Compare.Types.CompareResult.Equal, ModRevision = modified });
            request.Failure.Add(new RequestOp { RequestRange = new RangeRequest { Key = Key(condition.Key) } });
        }

        foreach (var write in transaction.Writes)
        {
            request.Success.Add(write.Value is { } value
                ? new RequestOp { RequestPut = new PutRequest { Key = Key(write.Key), Value = UnsafeByteOperations.UnsafeWrap(value), Lease = write.Lease } }
                : new RequestOp { RequestDeleteRange = new DeleteRangeRequest { Key = Key(write.Key) } });
        }

        var head = new RequestOp { RequestPut = new PutRequest { Key = Head } };
        if (transaction.Writes.Any(static write => write.Value is not null) || transaction.Writes.Length > DeepestQuestion)
        {
            request.Success.Add(head);
        }
        else if (transaction.Writes.Length > 0)
        {
            request.Success.Add(IfAnyIsThere(transaction.Writes.Select(static write => write.Key), head));
        }

        request.Failure.Add(new RequestOp { RequestRange = new RangeRequest { Key = Head } });

        return request;
    }

    // Deleting what is not there is no change. etcd asks all of this before it does any of it.
    private RequestOp IfAnyIsThere(IEnumerable<string> keys, RequestOp then)
    {
        RequestOp? otherwise = null;
        foreach (var key in keys)
        {
            var question = new TxnRequest();
            question.Compare.Add(new Compare { Key = Key(key), Target = Compare.Types.CompareTarget.Version, Result = Compare.Types.CompareResult.Greater, Version = 0 });
            question.Success.Add(then);
            if (otherwise is not null)
            {
                question.Failure.Add(otherwise);
            }

            otherwise = new RequestOp { RequestTxn = question };
        }

        return otherwise!;
    }

    /// <summary>The form in which offset and floor are kept in etcd.</summary>
    public ByteString Write() => ByteString.CopyFromUtf8(string.Create(CultureInfo.InvariantCulture, $"{Offset} {Floor}"));

    public static EtcdMap Read(string prefix, ByteString? kept)
    {
        if (kept is null)
        {
            return new EtcdMap(prefix, 0, 0);
        }

        var parts = kept.ToStringUtf8().Split(' ');
        return parts.Length == 2 && long.TryParse(parts[0], CultureInfo.InvariantCulture, out var offset) && long.TryParse(parts[1], CultureInfo.InvariantCulture, out var floor)
            ? new EtcdMap(prefix, offset, floor)
            : throw new NaruException(ErrorKind.DataLoss, $"etcd's key {Own(prefix, "revisions").ToStringUtf8()} is damaged");
    }
}
