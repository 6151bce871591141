using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Naru.Controllers.Tests.Nodes;

/// <summary>Keeps exceptions that are logged: a controller that breaks is tried again and might pass its test by luck.</summary>
public sealed class FaultLogger<T>(Faults faults) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (exception is not null)
        {
            faults.Add(new InvalidOperationException(formatter(state, exception), exception));
        }
    }
}

/// <summary>What was logged with an exception.</summary>
public sealed class Faults
{
    private readonly ConcurrentQueue<Exception> _all = new();

    public void Add(Exception one) => _all.Enqueue(one);

    public void Throw()
    {
        if (_all.TryPeek(out var first))
        {
            throw new InvalidOperationException(first.Message, first.InnerException);
        }
    }
}
