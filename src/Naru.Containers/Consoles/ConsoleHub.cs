using System.Net.Sockets;
using Naru.Containers.Engine;
using Naru.Core.Containers;
using Naru.Linux.Files;

namespace Naru.Containers.Consoles;

/// <summary>
/// Joins any number of attached clients to one container through one connection to its monitor. The monitor waits while
/// nobody takes its packets, so nothing is lost and nothing grows: a slow client slows the container down, as in Docker.
/// The connection exists only while somebody is attached (and, where the container's input ends with its client, until
/// the container ends, because the monitor takes the end of a connection for the end of input).
/// </summary>
internal sealed class ConsoleHub
{
    /// <summary>Largest packet that the monitor sends (its buffer and one byte that names the stream).</summary>
    private const int PacketSize = 64 * 1024;

    /// <summary>Largest packet that the monitor takes whole.</summary>
    private const int InputSize = 16 * 1024;

    private const byte ErrorMark = 3;
    private readonly Lock _lock = new();
    private readonly List<ConsoleAttachment> _attachments = [];
    private TaskCompletionSource<Socket?> _connected = New();
    private Task _pumping = Task.CompletedTask;
    private Task _taken = Task.CompletedTask;
    private Socket? _socket;
    private bool _inputOnce;

    private AsyncGate Writing { get; } = new();

    /// <summary>True while somebody waits for output or has yet to send input.</summary>
    public bool IsWanted
    {
        get
        {
            lock (_lock)
            {
                return _attachments.Count > 0;
            }
        }
    }

    /// <summary>Adds a client. Its output begins when the hub connects, or now when it is connected.</summary>
    public ConsoleAttachment Add(AttachOptions options, ProcessSpec process, Action detached)
    {
        var attachment = new ConsoleAttachment(this, options, process, detached);
        lock (_lock)
        {
            _attachments.Add(attachment);
        }

        return attachment;
    }

    /// <summary>Connects to the monitor of a container that has been created or runs. Does nothing when connected.</summary>
    public async Task ConnectAsync(string bundle, ProcessSpec process, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_socket is not null)
            {
                return;
            }
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        try
        {
            // By the directory's descriptor, because the path itself may be longer than a socket's address can be.
            using var directory = RootedDirectory.Open(bundle);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(directory.ProcPath + "/attach"), cancellationToken);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        TaskCompletionSource<Socket?> connected;
        lock (_lock)
        {
            (_socket, _inputOnce, connected) = (socket, process.InputOnce, _connected);
        }

        connected.TrySetResult(socket);
        _pumping = PumpAsync(socket);
    }

    /// <summary>Ends when all that the container wrote in this run has been taken by the clients that are attached.</summary>
    public async Task DeliveredAsync()
    {
        await _pumping;
        Task taken;
        lock (_lock)
        {
            taken = _taken;
        }

        await taken;
    }

    /// <summary>No (more) output comes: a start failed, the container was removed.</summary>
    public void EndAll()
    {
        List<ConsoleAttachment> ended;
        TaskCompletionSource<Socket?> connected;
        lock (_lock)
        {
            ended = [.. _attachments];
            _attachments.Clear();
            _taken = Task.WhenAll(ended.Select(static attachment => attachment.Taken));
            (connected, _connected) = (_connected, New());
            _socket = null;
        }

        connected.TrySetResult(null);
        ended.ForEach(static attachment => attachment.End());
    }

    /// <summary>Cuts off clients that take no output, so that the monitor can go on.</summary>
    public void Abandon()
    {
        Socket? socket;
        lock (_lock)
        {
            socket = _socket;
        }

        socket?.Dispose();
        EndAll();
        lock (_lock)
        {
            // What those who were cut off have not taken, nobody waits for.
            _taken = Task.CompletedTask;
        }
    }

    /// <summary>Sends input; waits for the container's start and while it does not read.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        if (await ConnectedAsync(cancellationToken) is not { } socket)
        {
            return;
        }

        using var turn = await Writing.EnterAsync(cancellationToken);
        try
        {
            for (; input.Length > 0; input = input[Math.Min(InputSize, input.Length)..])
            {
                await socket.SendAsync(input[..Math.Min(InputSize, input.Length)], SocketFlags.None, cancellationToken);
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // The process has ended or closed its input; what nobody reads is dropped.
        }
    }

    /// <summary>Ends the container's input if it ends with its client.</summary>
    public async ValueTask CloseInputAsync(CancellationToken cancellationToken)
    {
        if (await ConnectedAsync(cancellationToken) is not { } socket)
        {
            return;
        }

        lock (_lock)
        {
            if (!_inputOnce)
            {
                return;
            }
        }

        using var turn = await Writing.EnterAsync(cancellationToken);
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // It has ended already.
        }
    }

    /// <summary>Takes a client out.</summary>
    public void Remove(ConsoleAttachment attachment)
    {
        Socket? unused = null;
        lock (_lock)
        {
            _attachments.Remove(attachment);
            if (_attachments.Count == 0 && !_inputOnce && _socket is not null)
            {
                (unused, _socket) = (_socket, null);
                _connected = New();
            }
        }

        unused?.Dispose();
    }

    private Task<Socket?> ConnectedAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _connected.Task.WaitAsync(cancellationToken);
        }
    }

    private async Task PumpAsync(Socket socket)
    {
        var buffer = GC.AllocateUninitializedArray<byte>(PacketSize);
        try
        {
            while (true)
            {
                var count = await socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None);
                if (count == 0)
                {
                    break;
                }

                var stream = buffer[0] == ErrorMark ? OutputStream.Error : OutputStream.Output;
                var piece = buffer.AsSpan(1, count - 1).ToArray();
                foreach (var attachment in Snapshot())
                {
                    await attachment.DeliverAsync(stream, piece);
                }
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // Nobody is attached any more, or the monitor was killed.
        }

        Finish(socket);
    }

    private ConsoleAttachment[] Snapshot()
    {
        lock (_lock)
        {
            return [.. _attachments];
        }
    }

    private void Finish(Socket socket)
    {
        var current = false;
        lock (_lock)
        {
            current = _socket == socket;
        }

        if (current)
        {
            EndAll();
        }

        socket.Dispose();
    }

    private static TaskCompletionSource<Socket?> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
