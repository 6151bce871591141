using System.Text;
using Naru.Objects.Values;

namespace Naru.Kinds.Core;

/// <summary>The size of what config maps and secrets hold.</summary>
internal static class DataSize
{
    /// <summary>Bytes of a value; of what it stands for if it is base64.</summary>
    public static long Of(Value value, bool base64)
    {
        var text = (value as TextValue)?.Text ?? "";
        if (!base64)
        {
            return Encoding.UTF8.GetByteCount(text);
        }

        var padding = text.EndsWith("==", StringComparison.Ordinal) ? 2 : text.EndsWith('=') ? 1 : 0;
        return Math.Max(0, (text.Length / 4 * 3) - padding);
    }
}
