using Naru.Core.Errors;
using Naru.Linux.Notify;
using Naru.Linux.Processes;

namespace Naru.Linux.Archives;

/// <summary>The output of a tool of the host ("xz -dc") that is fed from a stream.</summary>
internal sealed class ToolStream : Stream
{
    private const int SignalKill = 9;

    private readonly string _tool;
    private readonly ChildProcess _child;
    private readonly DescriptorStream _output;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _feeding;

    private ToolStream(string tool, ChildProcess child, DescriptorStream input, DescriptorStream output, Stream source)
    {
        (_tool, _child, _output) = (tool, child, output);
        _feeding = FeedAsync(source, input, _stop.Token);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    internal static ToolStream Start(ProcessRunner processes, DescriptorPoller poller, string tool, Stream source)
    {
        var (inputRead, inputWrite) = Descriptors.Pipe();
        var (outputRead, outputWrite) = Descriptors.Pipe();
        using (inputRead)
        using (outputWrite)
        {
            try
            {
                var child = processes.Start(new() { Program = tool, Arguments = ["-d", "-c"], Input = inputRead, Output = outputWrite });
                return new(
                    tool, child, new DescriptorStream(poller, inputWrite, FileAccess.Write), new DescriptorStream(poller, outputRead, FileAccess.Read), source);
            }
            catch (Files.LinuxException missing)
            {
                inputWrite.Dispose();
                outputRead.Dispose();
                throw new NaruException(ErrorKind.NotImplemented, $"the archive is packed with {tool}, which this host lacks", missing);
            }
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var length = await _output.ReadAsync(buffer, cancellationToken);
        if (length == 0 && buffer.Length > 0)
        {
            await _feeding;
            var exit = await _child.Exited.WaitAsync(cancellationToken);
            if (!exit.Succeeded)
            {
                throw new InvalidDataException($"{_tool} ended with {exit.Code}");
            }
        }

        return length;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _child.Signal(SignalKill);
        await _output.DisposeAsync();
        await _feeding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _child.Exited;
        _child.Dispose();
        _stop.Dispose();
        await base.DisposeAsync();
    }

    private static async Task FeedAsync(Stream source, DescriptorStream input, CancellationToken cancellationToken)
    {
        await using (input)
        {
            try
            {
                await source.CopyToAsync(input, 64 * 1024, cancellationToken);
            }
            catch (Files.LinuxException gone) when (gone.Errno == Files.Errno.BrokenPipe)
            {
                // The tool has ended, with its own exit code: data after its end, or broken data.
            }
        }
    }
}
