using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Fairness;

/// <summary>A priority level: so many seats, and queues for those who find none. Every member is called under the gate's lock.</summary>
internal sealed class PriorityLevel
{
    private double _virtualTime;

    public PriorityLevel(string name) => Name = name;

    public string Name { get; }

    public string Uid { get; private set; } = "";

    /// <summary>Its requests never wait.</summary>
    public bool IsExempt { get; private set; }

    /// <summary>Its share of the seats, relative to other levels'.</summary>
    public long Shares { get; private set; }

    /// <summary>Seats of its own.</summary>
    public int Nominal { get; set; }

    /// <summary>Of these, seats that others may use while they are free.</summary>
    public int Lendable { get; private set; }

    /// <summary>Seats that it may use of others at most.</summary>
    public int MayBorrow { get; private set; }

    /// <summary>Seats in use.</summary>
    public int InUse { get; private set; }

    /// <summary>Requests that run.</summary>
    public int Executing { get; private set; }

    /// <summary>Requests that wait.</summary>
    public int Queued { get; private set; }

    /// <summary>The queues; empty for a level that refuses instead.</summary>
    public FlowQueue[] Queues { get; private set; } = [];

    private int _handSize;
    private int _queueLength;
    private long _lendablePercent;
    private long? _borrowPercent;

    /// <summary>Takes over what the object says; running and waiting requests stay.</summary>
    public void Configure(MapValue body)
    {
        Uid = body.Text("metadata", "uid") ?? "";
        IsExempt = body.Text("spec", "type") == "Exempt";
        var limited = body.Map("spec", IsExempt ? "exempt" : "limited") ?? new MapValue();
        Shares = limited.Integer("nominalConcurrencyShares") ?? (IsExempt ? 0 : 30);
        _lendablePercent = limited.Integer("lendablePercent") ?? 0;
        _borrowPercent = limited.Integer("borrowingLimitPercent");
        var queuing = limited.Text("limitResponse", "type") == "Queue" ? limited.Map("limitResponse", "queuing") ?? new MapValue() : null;
        var count = queuing is null ? 0 : (int)Math.Clamp(queuing.Integer("queues") ?? 64, 1, 10_000);
        _handSize = (int)Math.Clamp(queuing?.Integer("handSize") ?? 8, 1, Math.Max(1, count));
        _queueLength = (int)Math.Clamp(queuing?.Integer("queueLengthLimit") ?? 50, 1, 100_000);
        if (count != Queues.Length)
        {
            Resize(count);
        }
    }

    /// <summary>Sets the seats that the level's share comes to.</summary>
    public void SetSeats(int nominal)
    {
        Nominal = nominal;
        Lendable = (int)Math.Round(nominal * _lendablePercent / 100.0);
        MayBorrow = _borrowPercent is { } percent ? (int)Math.Round(nominal * percent / 100.0) : int.MaxValue;
    }

    /// <summary>Takes seats.</summary>
    public void Take(int seats)
    {
        InUse += seats;
        Executing++;
    }

    /// <summary>Gives seats back.</summary>
    public void Give(int seats)
    {
        InUse -= seats;
        Executing--;
    }

    /// <summary>Puts a request into the shortest queue of its flow's hand; false if that is full or there are none.</summary>
    public bool TryEnqueue(WaitingRequest request)
    {
        if (Queues.Length == 0)
        {
            return false;
        }

        var queue = ShortestOf(request.Flow);
        if (queue.Waiting.Count >= _queueLength)
        {
            return false;
        }

        if (queue.Waiting.Count == 0)
        {
            // A queue that was empty starts level with the others: time that it did not use is not saved up.
            queue.Served = Math.Max(queue.Served, _virtualTime);
        }

        queue.Waiting.AddLast(request);
        Queued++;
        return true;
    }

    /// <summary>The request that is next; null if none waits.</summary>
    public WaitingRequest? Peek() => NextQueue()?.Waiting.First!.Value;

    /// <summary>Takes the request that is next out of its queue.</summary>
    public void Dequeue()
    {
        var queue = NextQueue()!;
        var request = queue.Waiting.First!.Value;
        queue.Waiting.RemoveFirst();
        Queued--;
        _virtualTime = Math.Max(_virtualTime, queue.Served);
        queue.Served += request.Seats;
    }

    /// <summary>Takes a request out that gives up; false if it is no longer waiting.</summary>
    public bool Remove(WaitingRequest request)
    {
        foreach (var queue in Queues)
        {
            if (queue.Waiting.Remove(request))
            {
                Queued--;
                return true;
            }
        }

        return false;
    }

    private FlowQueue? NextQueue()
    {
        FlowQueue? next = null;
        foreach (var queue in Queues)
        {
            if (queue.Waiting.Count > 0 && (next is null || queue.Served < next.Served))
            {
                next = queue;
            }
        }

        return next;
    }

    // Shuffle sharding: each flow has a hand of queues, drawn by its hash, so that two flows seldom share them all.
    private FlowQueue ShortestOf(string flow)
    {
        var hash = BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(flow)));
        Span<int> hand = stackalloc int[Math.Min(_handSize, 64)];
        FlowQueue? best = null;
        for (var index = 0; index < hand.Length; index++)
        {
            var left = (ulong)(Queues.Length - index);
            var card = (int)(hash % left);
            hash /= left;
            // The card is counted among those that are not yet in the hand, which is kept in order.
            var place = 0;
            while (place < index && hand[place] <= card)
            {
                card++;
                place++;
            }

            hand[place..index].CopyTo(hand[(place + 1)..]);
            hand[place] = card;
            if (best is null || Queues[card].Waiting.Count < best.Waiting.Count)
            {
                best = Queues[card];
            }
        }

        return best!;
    }

    private void Resize(int count)
    {
        var waiting = Queues.SelectMany(static one => one.Waiting).OrderBy(static one => one.Since).ToList();
        Queues = [.. Enumerable.Range(0, count).Select(static _ => new FlowQueue())];
        Queued = 0;
        foreach (var request in waiting)
        {
            if (count == 0 || !TryEnqueue(request))
            {
                request.Admitted.TrySetResult(false);
            }
        }
    }
}
