using System.Buffers.Text;
using System.Text;
using Naru.Core.Errors;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Access.Tokens;

/// <summary>A signed token, taken apart; nothing in it is to be believed before its signature was checked.</summary>
internal sealed record JsonWebToken(string Algorithm, string KeyId, MapValue Claims, byte[] Signed, byte[] Signature)
{
    private static readonly JsonLimits Limits = new() { Depth = 16 };

    /// <summary>Takes a token apart; null if it is none.</summary>
    public static JsonWebToken? Parse(string token)
    {
        var parts = token.Split('.');
        if (parts.Length != 3)
        {
            return null;
        }

        try
        {
            var header = Read(parts[0]);
            return header.Text("alg") is { } algorithm
                ? new JsonWebToken(algorithm, header.Text("kid") ?? "", Read(parts[1]), Encoding.ASCII.GetBytes(token[..token.LastIndexOf('.')]), Base64Url.DecodeFromChars(parts[2]))
                : null;
        }
        catch (Exception exception) when (exception is FormatException or NaruException)
        {
            return null;
        }
    }

    public static string Encode(MapValue part) => Base64Url.EncodeToString(JsonText.ToBytes(part));

    /// <summary>For whom it is meant: <c>aud</c> is a text or a list.</summary>
    public IEnumerable<string> Audiences => Claims["aud"] switch
    {
        TextValue one => [one.Text],
        ListValue list => list.Texts(),
        _ => [],
    };

    /// <summary>Whether now lies between its start (with some patience for clocks) and its end, which there must be unless it is said to live forever.</summary>
    public bool IsCurrent(DateTimeOffset now, bool mayLiveForever = false)
    {
        var end = Seconds("exp");
        return (end is null ? mayLiveForever && !Claims.Has("exp") : now.ToUnixTimeSeconds() < end) && (Seconds("nbf") ?? 0) <= now.ToUnixTimeSeconds() + 60;
    }

    private static MapValue Read(string part) => JsonText.ParseMap(Base64Url.DecodeFromChars(part), Limits);

    private double? Seconds(string claim) => Claims[claim] switch
    {
        IntegerValue whole => whole.Number,
        DoubleValue broken => broken.Number,
        _ => null,
    };
}
