using System.Collections.Concurrent;

namespace Naru.EndToEnd.Tests.Chaos;

internal enum Promise
{
    /// <summary>A request was sent and not answered: either outcome is right.</summary>
    Uncertain,
    Created,
    Started,
    Removed,
}

/// <summary>What an engine acknowledged, by container name.</summary>
internal sealed class Promises
{
    private readonly ConcurrentDictionary<string, Promise> _names = new();

    public void Uncertain(string name) => _names[name] = Promise.Uncertain;

    public void Created(string name) => _names[name] = Promise.Created;

    /// <summary>The start was asked for: the container must exist, running or not.</summary>
    public void StartUncertain(string name) => _names[name] = Promise.Created;

    public void Started(string name) => _names[name] = Promise.Started;

    public void Removed(string name) => _names[name] = Promise.Removed;

    public IReadOnlyList<KeyValuePair<string, Promise>> Snapshot() => [.. _names];
}
