using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Naru.Linux.Namespaces;

/// <summary>
/// Threads that work inside network namespaces. A thread which once left the host's namespace never goes back and never meets the thread pool:
/// before each piece of work it enters the namespace asked for. Waiting work is taken in order by whichever thread is free.
/// </summary>
public sealed class NamespaceThreads : IDisposable
{
    private readonly BlockingCollection<Work> _queue = [];
    private readonly Thread[] _threads;

    public NamespaceThreads(int count = 4)
    {
        _threads = new Thread[count];
        for (var index = 0; index < count; index++)
        {
            _threads[index] = new Thread(Loop, 256 * 1024) { IsBackground = true, Name = $"netns-{index}" };
            _threads[index].Start();
        }
    }

    /// <summary>Runs <paramref name="work"/> inside <paramref name="target"/> and waits for its answer; failures come out unchanged.</summary>
    public T Run<T>(NetworkNamespace? target, Func<T> work)
    {
        var item = new Work<T>(target, work);
        _queue.Add(item);
        item.Done.Wait();
        item.Failure?.Throw();
        return item.Result!;
    }

    public void Run(NetworkNamespace? target, Action work) => Run(target, () =>
    {
        work();
        return true;
    });

    /// <summary>As <see cref="Run{T}"/>, without holding the caller's thread.</summary>
    public Task<T> RunAsync<T>(NetworkNamespace? target, Func<T> work)
    {
        var item = new Work<T>(target, work) { Completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously) };
        _queue.Add(item);
        return item.Completion.Task;
    }

    public void Dispose()
    {
        _queue.CompleteAdding();
        foreach (var thread in _threads)
        {
            thread.Join();
        }

        _queue.Dispose();
    }

    private void Loop()
    {
        foreach (var work in _queue.GetConsumingEnumerable())
        {
            work.Execute();
        }
    }

    private abstract class Work(NetworkNamespace? target)
    {
        internal NetworkNamespace? Target { get; } = target;

        internal abstract void Execute();
    }

    private sealed class Work<T>(NetworkNamespace? target, Func<T> body) : Work(target)
    {
        internal ManualResetEventSlim Done { get; } = new();

        internal TaskCompletionSource<T>? Completion { get; init; }

        internal T? Result { get; private set; }

        internal ExceptionDispatchInfo? Failure { get; private set; }

        internal override void Execute()
        {
            try
            {
                if (Target is { } target && NamespaceNative.SetNamespace(target.Descriptor, NamespaceNative.NewNetwork) < 0)
                {
                    throw NamespaceNative.Failure($"enter network namespace {target.Path}");
                }

                Result = body();
                Completion?.SetResult(Result);
            }
            catch (Exception failure)
            {
                // Handed to whoever waits for the work.
                Failure = ExceptionDispatchInfo.Capture(failure);
                Completion?.SetException(failure);
            }

            Done.Set();
        }
    }
}
