using Microsoft.Extensions.Logging;

namespace Naru.Store.Etcd.Tests;

/// <summary>Keeps the first line that was logged.</summary>
internal sealed class HeardLogger<T> : ILogger<T>
{
    private readonly TaskCompletionSource<string> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<string> First => _first.Task;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _first.TrySetResult(formatter(state, exception));
}
