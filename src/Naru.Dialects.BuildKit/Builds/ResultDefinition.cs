using Google.Protobuf;
using Naru.Dialects.BuildKit.Protocol;

namespace Naru.Dialects.BuildKit.Builds;

/// <summary>A definition that stands for a result here, so that a caller can hand one build's result to another as an input.</summary>
internal static class ResultDefinition
{
    private const string Scheme = "naru-result://";

    public static Definition Make(string id) => new() { Def = { new Op { Source = new SourceOp { Identifier = Scheme + id } }.ToByteString() } };

    /// <summary>The id of the result; null: another definition.</summary>
    public static string? Read(Definition? definition)
    {
        foreach (var bytes in definition?.Def ?? [])
        {
            try
            {
                if (Op.Parser.ParseFrom(bytes).Source?.Identifier is { } identifier && identifier.StartsWith(Scheme, StringComparison.Ordinal))
                {
                    return identifier[Scheme.Length..];
                }
            }
            catch (InvalidProtocolBufferException)
            {
                return null;
            }
        }

        return null;
    }
}
