using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Naru.Agent.Server;

/// <summary>A connection inside this process: what one side writes the other reads.</summary>
internal sealed class MemoryConnection : ConnectionContext
{
    private static long s_number;
    private readonly CancellationTokenSource _closed = new();
    private readonly Pipe _toServer = new();
    private readonly Pipe _toClient = new();

    public MemoryConnection()
    {
        Transport = new Duplex(_toServer.Reader, _toClient.Writer);
        Client = new MemoryStreamPair(_toClient.Reader, _toServer.Writer, _closed);
        ConnectionClosed = _closed.Token;
    }

    /// <summary>The client's side.</summary>
    public Stream Client { get; }

    public override IDuplexPipe Transport { get; set; }

    public override string ConnectionId { get; set; } = $"agent-{Interlocked.Increment(ref s_number)}";

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new ConnectionItems();

    public override EndPoint? LocalEndPoint { get; set; } = MemoryEndPoint.Instance;

    public override void Abort(ConnectionAbortedException abortReason)
    {
        // The server still reads and writes until it notices: only what waits is let go.
        _toServer.Reader.CancelPendingRead();
        _toClient.Writer.CancelPendingFlush();
    }

    public override async ValueTask DisposeAsync()
    {
        await _toClient.Writer.CompleteAsync();
        await _toServer.Reader.CompleteAsync();
        await base.DisposeAsync();
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}

/// <summary>The place that connections inside this process are made to.</summary>
internal sealed class MemoryEndPoint : EndPoint
{
    public static readonly MemoryEndPoint Instance = new();

    public override string ToString() => "agent";
}
