using Google.Protobuf;
using Naru.Core.Images;
using Naru.Dialects.BuildKit.Protocol;

namespace Naru.Dialects.BuildKit.Builds;

/// <summary>A definition that stands for a result here, so that a caller can hand one build's result to another as an input.</summary>
internal static class ResultDefinition
{
    private const string Scheme = "naru-result://";

    /// <summary>The source, and after it the operation without content whose input is what is meant.</summary>
    public static Definition Make(string id)
    {
        var source = new Op { Source = new SourceOp { Identifier = Scheme + id } }.ToByteString();
        var digest = Digest.Of(source.Span).Value;
        var end = new Op { Inputs = { new OpInput { Digest = digest } } };
        return new Definition { Def = { source, end.ToByteString() }, Metadata = { [digest] = new OpMetadata() } };
    }

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
