using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Naru.Core.Stores;
using Naru.Store.Etcd;
using Naru.Store.Sqlite;

// usage: store WHERE WRITES CALLERS [VALUE-BYTES]
// WHERE is a directory (SQLite, file store.db in it) or an address of etcd (http://127.0.0.1:2379). Single puts to 10,000 keys; a line a second on what goes on,
// with the longest write and the longest read of that second; a reader reads 100 keys at a time all the while.
var where = args[0];
var writes = long.Parse(args[1], CultureInfo.InvariantCulture);
var callers = int.Parse(args[2], CultureInfo.InvariantCulture);
var value = new byte[args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : 1000];
const int Keys = 10_000;

await using var store = await OpenAsync(where);
var latencies = new Latencies();
var reads = new Latencies();
var left = writes;
using var done = new CancellationTokenSource();
var began = Stopwatch.GetTimestamp();
var reading = Task.Run(ReadAsync);
var reporting = Task.Run(ReportAsync);
await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(() => WriteAsync(caller))));
var took = Stopwatch.GetElapsedTime(began);
await done.CancelAsync();
await Task.WhenAll(reading, reporting);

var end = await store.GetStatisticsAsync(CancellationToken.None);
Console.WriteLine($"{writes} writes by {callers} callers in {took.TotalSeconds:f1} s: {writes / took.TotalSeconds:f0} a second");
Console.WriteLine($"writes: {latencies}");
Console.WriteLine($"reads of 100 keys: {reads}");
Console.WriteLine($"{end.Keys} keys, revision {end.Revision}, on disk {end.OnDisk}, memory {Process.GetCurrentProcess().WorkingSet64 >> 20} MiB");

async Task WriteAsync(int caller)
{
    var random = new Random(caller);
    while (Interlocked.Decrement(ref left) >= 0)
    {
        var at = Stopwatch.GetTimestamp();
        await store.CommitAsync(new StoreTransaction { Writes = [new StoreWrite($"/registry/pods/default/pod-{random.Next(Keys):00000}", value)] }, CancellationToken.None);
        latencies.Add(Stopwatch.GetElapsedTime(at));
    }
}

async Task ReadAsync()
{
    var random = new Random(0);
    while (!done.IsCancellationRequested)
    {
        var at = Stopwatch.GetTimestamp();
        await store.RangeAsync($"/registry/pods/default/pod-{random.Next(Keys):00000}", "/registry/pods0", 100, 0, CancellationToken.None);
        reads.Add(Stopwatch.GetElapsedTime(at));
        await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, CancellationToken.None);
    }
}

async Task ReportAsync()
{
    using var timer = new PeriodicTimer(TimeSpan.FromSeconds(5), TimeProvider.System);
    try
    {
        while (await timer.WaitForNextTickAsync(done.Token))
        {
            var now = await store.GetStatisticsAsync(CancellationToken.None);
            Console.WriteLine($"{Stopwatch.GetElapsedTime(began).TotalSeconds,6:f0} s  revision {now.Revision,10}  on disk {now.OnDisk,10}  longest write {latencies.TakeLongest().TotalMilliseconds:f1} ms, read {reads.TakeLongest().TotalMilliseconds:f1} ms");
        }
    }
    catch (OperationCanceledException)
    {
        // done
    }
}

static async Task<IStore> OpenAsync(string where)
{
    if (where.StartsWith("http", StringComparison.Ordinal))
    {
        var etcd = new EtcdStore(new EtcdStoreOptions { Endpoints = [new Uri(where)], Prefix = "/bench/" }, TimeProvider.System, NullLogger<EtcdStore>.Instance);
        await etcd.OpenAsync(CancellationToken.None);
        return etcd;
    }

    var sqlite = new SqliteStore(new SqliteStoreOptions { Path = Path.Combine(where, "store.db") }, TimeProvider.System, NullLogger<SqliteStore>.Instance);
    await sqlite.OpenAsync(CancellationToken.None);
    return sqlite;
}

/// <summary>Counts of latencies in steps of 5 %.</summary>
internal sealed class Latencies
{
    private readonly long[] _counts = new long[400];
    private long _longest;
    private long _longestOfAll;

    public void Add(TimeSpan latency)
    {
        var microseconds = Math.Max(1, latency.TotalMicroseconds);
        Interlocked.Increment(ref _counts[Math.Min(_counts.Length - 1, (int)(Math.Log(microseconds) / Math.Log(1.05)))]);
        for (var known = Volatile.Read(ref _longest); known < latency.Ticks; known = Volatile.Read(ref _longest))
        {
            Interlocked.CompareExchange(ref _longest, latency.Ticks, known);
        }
    }

    public TimeSpan TakeLongest()
    {
        var longest = Interlocked.Exchange(ref _longest, 0);
        _longestOfAll = Math.Max(_longestOfAll, longest);
        return TimeSpan.FromTicks(longest);
    }

    public override string ToString()
    {
        TakeLongest();
        return $"p50 {At(0.5):f2} ms, p99 {At(0.99):f2} ms, p99.9 {At(0.999):f2} ms, longest {TimeSpan.FromTicks(_longestOfAll).TotalMilliseconds:f1} ms";
    }

    private double At(double part)
    {
        var wanted = (long)(_counts.Sum() * part);
        var step = 0;
        for (var seen = 0L; step < _counts.Length && (seen += _counts[step]) <= wanted; step++)
        {
        }

        return Math.Pow(1.05, step + 1) / 1000;
    }
}
