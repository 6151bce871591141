using System.Collections.Concurrent;
using Naru.Core.Units;
using Naru.Store.Sqlite.Database;

namespace Naru.Store.Sqlite.Reading;

/// <summary>Connections that only read, each used by one read at a time. A read sees one snapshot from its first to its last row.</summary>
internal sealed class ReaderPool(string path, ByteSize cache, int readers) : IDisposable
{
    private readonly ConcurrentBag<Reader> _idle = [];
    private readonly SemaphoreSlim _free = new(readers, readers);
    private readonly SemaphoreSlim _long = new(1, 1);
    private volatile bool _closed;

    /// <summary>Runs a read on a thread of the pool.</summary>
    public async Task<T> ReadAsync<T>(Func<Reader, T> read, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Read(read), cancellationToken);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Runs a read that may be long (a copy of everything, all history): one at a time, beside the others.</summary>
    public async Task<T> ReadLongAsync<T>(Func<Reader, T> read, CancellationToken cancellationToken)
    {
        await _long.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Read(read), cancellationToken);
        }
        finally
        {
            _long.Release();
        }
    }

    /// <summary>Closes what is idle now; reads that go on close theirs.</summary>
    public void Dispose()
    {
        _closed = true;
        while (_idle.TryTake(out var reader))
        {
            reader.Dispose();
        }
    }

    private T Read<T>(Func<Reader, T> read)
    {
        if (!_idle.TryTake(out var reader))
        {
            reader = new Reader(Connection.Open(path, cache, readOnly: true));
        }

        try
        {
            var result = read(reader);
            _idle.Add(reader);
            if (_closed)
            {
                Dispose();
            }

            return result;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }
}
