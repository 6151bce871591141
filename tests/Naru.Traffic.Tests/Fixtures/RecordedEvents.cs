using System.Collections.Concurrent;
using Naru.Core.Events;

namespace Naru.Traffic.Tests.Fixtures;

internal sealed class RecordedEvents : IEvents
{
    internal ConcurrentQueue<EngineEvent> Published { get; } = new();

    internal IEnumerable<string> Actions => Published.Select(item => item.Action);

    public void Publish(EngineEvent happened) => Published.Enqueue(happened);

    public async IAsyncEnumerable<EngineEvent> Read(DateTimeOffset? since, DateTimeOffset? until, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var item in Published)
        {
            await Task.Yield();
            yield return item;
        }
    }
}
