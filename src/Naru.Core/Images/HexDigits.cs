using System.Buffers;

namespace Naru.Core.Images;

internal static class HexDigits
{
    public static readonly SearchValues<char> Lower = SearchValues.Create("0123456789abcdef");
}
