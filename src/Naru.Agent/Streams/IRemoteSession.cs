using System.Threading.Channels;
using Naru.Core.Containers;
using Naru.Objects.Values;

namespace Naru.Agent.Streams;

/// <summary>A client that is joined to a process: its input, output and terminal, however they are carried.</summary>
internal interface IRemoteSession : IAsyncDisposable
{
    /// <summary>Ends when the client leaves.</summary>
    CancellationToken Left { get; }

    /// <summary>Sizes of the client's terminal.</summary>
    ChannelReader<TerminalSize> Sizes { get; }

    /// <summary>The next input; 0: its end.</summary>
    ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Sends output.</summary>
    ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Says how it ended, and ends.</summary>
    ValueTask FinishAsync(MapValue status, CancellationToken cancellationToken);
}

/// <summary>Which streams a client wants.</summary>
internal sealed record SessionWish(bool Input, bool Output, bool Error, bool Terminal);
