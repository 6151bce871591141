using System.Globalization;
using Naru.Core.Containers;
using Naru.Dialects.Docker.Http;

namespace Naru.Dialects.Docker.Containers;

internal static class TerminalSizes
{
    /// <exception cref="DockerException">400: h or w is missing or no number.</exception>
    public static TerminalSize Parse(DockerCall call) => new(Side(call, "h", "height"), Side(call, "w", "width"));

    private static ushort Side(DockerCall call, string name, string word)
    {
        var text = call.Query(name) ?? "";
        return uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? (ushort)Math.Min(value, ushort.MaxValue)
            : throw DockerException.BadRequest($"invalid resize {word} \"{text}\": invalid syntax");
    }
}
