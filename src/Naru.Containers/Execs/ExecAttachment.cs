using Naru.Containers.Consoles;
using Naru.Core.Containers;
using Naru.Linux.Files;
using Naru.Linux.Notify;

namespace Naru.Containers.Execs;

/// <summary>The one client of an exec. When it leaves, the process goes on and its output is dropped.</summary>
internal sealed class ExecAttachment(ExecSpec spec, OutputQueue output, DescriptorStream? input) : IAttachment
{
    private readonly DetachKeys? _detachKeys = spec is { Terminal: true, AttachInput: true } ? DetachKeys.Parse(spec.DetachKeys) : null;

    public bool Terminal => spec.Terminal;

    public ValueTask<OutputPiece> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => output.ReadAsync(buffer, cancellationToken);

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> written, CancellationToken cancellationToken)
    {
        if (input is null || !spec.AttachInput)
        {
            return;
        }

        var detached = false;
        var passed = _detachKeys is null ? written : _detachKeys.Filter(written, out detached);
        try
        {
            await input.WriteAsync(passed, cancellationToken);
        }
        catch (Exception failure) when (failure is LinuxException or ObjectDisposedException)
        {
            // It does not read any more.
        }

        if (detached)
        {
            output.End();
        }
    }

    public async ValueTask CloseInputAsync(CancellationToken cancellationToken)
    {
        if (input is not null && !spec.Terminal)
        {
            await input.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        output.End();
        await CloseInputAsync(CancellationToken.None);
    }
}
