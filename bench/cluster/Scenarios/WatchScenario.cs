using System.Diagnostics;
using System.Globalization;
using Naru.Cluster.Bench.Http;
using Naru.Cluster.Bench.Load;

namespace Naru.Cluster.Bench.Scenarios;

/// <summary>Many watchers while pods change at a steady pace; how late each change reaches those who watch it: all of them, in JSON or (<c>protobuf</c>) as Kubernetes' own parts do, or (<c>nodes</c>) the one of the pod's node, as kubelets watch. Reading costs the
/// shared processors as much as serving, so in <c>tenth</c> one watcher in ten reads what it watches; the others take it and throw it away undeciphered.</summary>
internal static class WatchScenario
{
    private const string Space = "bench-watch";
    private const string Mark = "bench-at-";
    private const int Digits = 18;
    private const int Pods = 100;
    private const int Writers = 8;
    private const int ReadersPart = 10;

    public static async Task DoAsync(Run run, string kind, CancellationToken cancellationToken)
    {
        await run.MakeNamespaceAsync(Space, cancellationToken);
        var nodes = kind == "nodes";
        var pods = nodes ? run.Sizes.Watchers : Pods;
        await run.CreatePodsAsync(Space, pods, nodes ? "placed" : "unscheduled", null, cancellationToken);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var began = long.MaxValue;
        var (watchers, connections, counts) = (new List<Task>(), new List<ApiConnection>(), new List<Latencies>());
        for (var number = 0; number < run.Sizes.Watchers; number++)
        {
            var connection = await ApiConnection.OpenAsync(run.Config, cancellationToken);
            connections.Add(connection);
            var stream = await connection.WatchAsync($"{Run.PodsOf(Space)}?watch=1&sendInitialEvents=false&resourceVersionMatch=NotOlderThan&resourceVersion={(nodes ? $"&fieldSelector=spec.nodeName%3D{FakeNodes.NameOf(number)}" : "")}", cancellationToken, kind == "protobuf" ? "application/vnd.kubernetes.protobuf;stream=watch" : "application/json");
            if (kind == "tenth" && number % ReadersPart != 0)
            {
                watchers.Add(connection.DrainAsync(end.Token));
                continue;
            }

            var own = new Latencies();
            counts.Add(own);
            watchers.Add(Task.Run(() => new MarkReader(stream, System.Text.Encoding.ASCII.GetBytes(Mark), Digits).ReadAsync(sent =>
            {
                if (sent >= Volatile.Read(ref began))
                {
                    own.Add(Stopwatch.GetElapsedTime(sent).TotalMicroseconds);
                }
            }, end.Token), CancellationToken.None));
        }

        Console.WriteLine($"{watchers.Count} watches are open");
        await WriteAsync(run, pods, run.Sizes.ChangesASecond, 2, cancellationToken);
        // Only what is written from here on counts: what the first writes are late by is not this measurement's.
        Volatile.Write(ref began, Stopwatch.GetTimestamp());
        var before = run.Server.Milliseconds();
        var written = await WriteAsync(run, pods, run.Sizes.ChangesASecond, run.Sizes.Seconds, cancellationToken);
        var (took, used) = (Stopwatch.GetElapsedTime(began), run.Server.Milliseconds() - before);
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken);
        var latencies = new Latencies();
        counts.ForEach(latencies.Add);
        Report(run, kind, nodes ? 1 : counts.Count, latencies, written, took, used, watchers.Count(static watcher => watcher.IsFaulted));
        await end.CancelAsync();
        await Task.WhenAll(watchers).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        connections.ForEach(static connection => connection.Dispose());
        await run.ClearAsync(Space, cancellationToken);
    }

    private static void Report(Run run, string kind, int readers, Latencies latencies, int written, TimeSpan took, double used, int broken)
    {
        var name = $"{run.Sizes.Watchers} watchers{kind switch { "nodes" => ", one a node", "protobuf" => ", protobuf", "tenth" => ", one in ten reads", _ => "" }}";
        run.Results.Add($"{name}: changes written", written / took.TotalSeconds, "changes/s");
        run.Results.Add($"{name}: changes seen", latencies.Count / took.TotalSeconds, "events/s");
        run.Results.Add($"{name}: missing", ((double)written * readers) - latencies.Count, "events");
        run.Results.Add($"{name}: cut off", broken, "watchers");
        run.Results.Add($"{name}: p50", latencies.At(0.5), "ms");
        run.Results.Add($"{name}: p99", latencies.At(0.99), "ms");
        if (run.Server.IsKnown)
        {
            run.Results.Add($"{name}: server's processor a second", used / took.TotalSeconds, "ms");
            run.Results.Add($"{name}: server resident", run.Server.Megabytes(), "MB");
        }
    }

    // Each writer sends its share at its own pace; one that falls behind does not catch up.
    private static async Task<int> WriteAsync(Run run, int pods, int aSecond, int seconds, CancellationToken cancellationToken)
    {
        var written = 0;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            using var connection = await ApiConnection.OpenAsync(run.Config, cancellationToken);
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds((double)Writers / aSecond), TimeProvider.System);
            for (var number = 0; number < aSecond * seconds / Writers && await timer.WaitForNextTickAsync(cancellationToken); number++)
            {
                var mark = Mark + Stopwatch.GetTimestamp().ToString("D" + Digits, CultureInfo.InvariantCulture);
                var pod = Run.PodName(((number * Writers) + writer) % pods);
                await connection.DoAsync("PATCH", $"{Run.PodsOf(Space)}/{pod}", Bodies.Mark(mark), cancellationToken, "application/merge-patch+json");
                Interlocked.Increment(ref written);
            }
        }));
        return written;
    }
}
