using System.Security.Cryptography;
using Naru.Core.Images;

namespace Naru.Core.Containers;

/// <summary>Names one container for ever: 64 lower-case hexadecimal digits.</summary>
/// <param name="Value">The 64 digits.</param>
public readonly record struct ContainerId(string Value)
{
    /// <summary>The first twelve digits: what people see.</summary>
    public string Short => Value[..12];

    /// <summary>A fresh random id. Its first twelve digits are never all decimal, so that it can serve as a host name.</summary>
    public static ContainerId New()
    {
        while (true)
        {
            var text = RandomNumberGenerator.GetHexString(64, lowercase: true);
            if (text.AsSpan(0, 12).ContainsAnyInRange('a', 'f'))
            {
                return new ContainerId(text);
            }
        }
    }

    /// <summary>True for 64 lower-case hexadecimal digits.</summary>
    public static bool IsValid(string text) => text.Length == 64 && !text.AsSpan().ContainsAnyExcept(HexDigits.Lower);

    /// <summary>The 64 digits.</summary>
    public override string ToString() => Value;
}
