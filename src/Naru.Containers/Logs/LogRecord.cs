using Naru.Core.Containers;

namespace Naru.Containers.Logs;

/// <summary>
/// One line of the file that the monitor writes: <c>TIME stdout|stderr F|P TEXT\n</c>, where F ends a line of the container and P does
/// not (the format of the container runtime interface).
/// </summary>
/// <param name="Stream">Where it was written.</param>
/// <param name="Ends">The container ended the line.</param>
/// <param name="TimeLength">Length of the time at the front.</param>
/// <param name="TextOffset">Where the text begins.</param>
internal readonly record struct LogRecord(OutputStream Stream, bool Ends, int TimeLength, int TextOffset)
{
    private const int UsualTimeLength = 35; // 2026-11-23T07:46:30.912124282+00:00

    /// <summary>Reads the head of a record; false when it is none (a write that a full disk cut short).</summary>
    internal static bool TryParse(ReadOnlySpan<byte> line, out LogRecord record)
    {
        var time = line.Length > UsualTimeLength && line[UsualTimeLength] == ' ' ? UsualTimeLength : line.IndexOf((byte)' ');
        record = default;
        if (time <= 0 || line.Length < time + 10)
        {
            return false;
        }

        var head = line.Slice(time, 10);
        var isError = head.StartsWith(" stderr "u8);
        if ((!isError && !head.StartsWith(" stdout "u8)) || head[8] is not ((byte)'F' or (byte)'P') || head[9] != ' ')
        {
            return false;
        }

        record = new LogRecord(isError ? OutputStream.Error : OutputStream.Output, head[8] == 'F', time, time + 10);
        return true;
    }
}
