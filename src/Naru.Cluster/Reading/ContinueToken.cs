using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Naru.Core.Errors;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Cluster.Reading;

/// <summary>Where the next page of a list starts. Clients hand it back unread.</summary>
/// <param name="Revision">Revision that the pages are of; -1 for whatever stands.</param>
/// <param name="Namespace">Namespace of the last object of the page before.</param>
/// <param name="Name">Its name.</param>
internal sealed record ContinueToken(long Revision, string Namespace, string Name)
{
    private const string Version = "meta.k8s.io/v1";

    /// <summary>When the list began, in seconds of Unix time: its pages are shown for as long as history is kept.</summary>
    public long Began { get; init; }

    public override string ToString() => Base64Url.EncodeToString(JsonText.ToBytes(new MapValue { { "v", Version }, { "rv", Revision }, { "start", $"{Namespace}/{Name}" }, { "t", Began } }));

    /// <summary>BadRequest for anything else than what <see cref="ToString"/> made.</summary>
    public static ContinueToken Parse(string text)
    {
        try
        {
            if (JsonText.Parse(Base64Url.DecodeFromChars(text)) is MapValue map && map.Text("v") == Version && map.Integer("rv") is { } revision && map.Text("start") is { } start
                && start.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash && revision >= -1)
            {
                return new ContinueToken(revision, start[..slash], start[(slash + 1)..]) { Began = map.Integer("t") ?? 0 };
            }
        }
        catch (Exception exception) when (exception is FormatException or NaruException or DecoderFallbackException)
        {
            // Said below.
        }

        throw NaruException.Invalid("continue key is not valid");
    }

    /// <summary>Reads a revision of a query. BadRequest if it is none.</summary>
    public static long ParseRevision(string text) =>
        text.Length == 0 ? 0 : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
            ? revision
            : throw NaruException.Invalid($"Invalid value: \"{text}\": resourceVersion: strconv.ParseUint: parsing \"{text}\": invalid syntax");
}
