using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Naru.Core.Lifetime;

namespace Naru.Access.Auditing;

/// <summary>Writes the lines in the background. Requests never wait for the disk: when the disk falls behind by more than <see cref="Most"/> lines the newest are dropped, counted
/// and logged. On a regular stop everything that was taken is written; a crash loses what was not yet handed to the system.</summary>
internal sealed partial class AuditWriter
{
    private const int Most = 10_000;

    private readonly Channel<byte[]> _lines = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(Most) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly AuditFile? _file;
    private readonly ILogger<AuditWriter> _logger;
    private Task _writing = Task.CompletedTask;
    private long _dropped;

    public AuditWriter(AccessOptions options, EngineDirectories directories, ILogger<AuditWriter> logger)
    {
        _logger = logger;
        IsOff = options.AuditLogFile == "-";
        _file = IsOff ? null : new AuditFile(options.AuditLogFile ?? AuditLog.DefaultPath(directories), options.AuditLogSize, options.AuditLogFiles);
    }

    /// <summary>Nothing is written at all.</summary>
    public bool IsOff { get; }

    /// <summary>Lines that were lost because the disk was too slow or refused them.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public void Start() => _writing = IsOff ? Task.CompletedTask : Task.Run(WriteAllAsync);

    /// <summary>Takes a line, which ends with a line's end.</summary>
    public void Write(ReadOnlySpan<byte> line)
    {
        if (!_lines.Writer.TryWrite(line.ToArray()))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>Writes what is left and closes the file. Harmless when repeated.</summary>
    public async Task StopAsync()
    {
        _lines.Writer.TryComplete();
        await _writing;
        _file?.Dispose();
    }

    private async Task WriteAllAsync()
    {
        long told = 0;
        while (await _lines.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (_lines.Reader.TryRead(out var line))
            {
                try
                {
                    _file!.Write(line);
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    Interlocked.Increment(ref _dropped);
                    LogFailed(exception);
                }
            }

            _file!.Flush();
            if (Dropped is var dropped && dropped > told)
            {
                LogDropped(dropped - told);
                told = dropped;
            }
        }
    }

    [LoggerMessage(11004, LogLevel.Error, "A line of the audit log could not be written")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(11005, LogLevel.Error, "The disk is too slow for the audit log: {Count} lines were lost")]
    private partial void LogDropped(long count);
}
