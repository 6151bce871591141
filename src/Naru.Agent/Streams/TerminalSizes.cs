using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Agent.Streams;

/// <summary>Sizes of terminals as clients send them: <c>{"Width":80,"Height":24}</c>.</summary>
internal static class TerminalSizes
{
    /// <summary>The size; null if it is none.</summary>
    public static TerminalSize? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonText.Parse(json) is MapValue map && map.Integer("Width") is >= 0 and <= ushort.MaxValue and var width && map.Integer("Height") is >= 0 and <= ushort.MaxValue and var height
                ? new TerminalSize((ushort)height, (ushort)width)
                : null;
        }
        catch (NaruException)
        {
            // Not a size.
            return null;
        }
    }
}
