using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Naru.Dialects.BuildKit.Transport;

/// <summary>A connection that was taken from one HTTP server in the middle of a request and is handed to another.</summary>
internal sealed class TakenConnection : ConnectionContext
{
    private readonly CancellationTokenSource _closed;
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TakenConnection(string id, IDuplexPipe transport, CancellationToken gone)
    {
        ConnectionId = id;
        Transport = transport;
        _closed = CancellationTokenSource.CreateLinkedTokenSource(gone);
        ConnectionClosed = _closed.Token;
    }

    public override string ConnectionId { get; set; }

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    public override IDuplexPipe Transport { get; set; }

    public override CancellationToken ConnectionClosed { get; set; }

    /// <summary>Ends when the other server is done with it.</summary>
    public Task Done => _done.Task;

    public override void Abort(ConnectionAbortedException abortReason)
    {
        lock (_done)
        {
            // The server may give up on a connection that has ended meanwhile.
            if (_done.Task.IsCompleted)
            {
                return;
            }

            _closed.Cancel();
        }

        Transport.Input.CancelPendingRead();
    }

    public override async ValueTask DisposeAsync()
    {
        lock (_done)
        {
            if (_done.TrySetResult())
            {
                _closed.Dispose();
            }
        }

        await base.DisposeAsync();
    }
}
