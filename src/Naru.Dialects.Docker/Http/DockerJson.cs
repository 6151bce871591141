using System.Collections;
using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Naru.Dialects.Docker.Http;

/// <summary>The dialect's JSON: one set of options for reading, one for writing per API version (made when first asked for).</summary>
internal static class DockerJson
{
    private static readonly ConcurrentDictionary<int, JsonSerializerOptions> Written = new();

    /// <summary>For what clients send.</summary>
    public static readonly JsonSerializerOptions Reading = Make(null);

    /// <summary>For an answer in this version.</summary>
    public static JsonSerializerOptions Writing(ApiVersion version) =>
        Written.GetOrAdd(version.Minor, static minor => Make(new ApiVersion(minor)));

    public static JsonTypeInfo<T> TypeOf<T>(this JsonSerializerOptions options) => (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));

    private static JsonSerializerOptions Make(ApiVersion? version)
    {
        IJsonTypeInfoResolver resolver = DockerJsonContext.Default;
        if (version is { } shaped)
        {
            resolver = resolver.WithAddedModifier(type => Shape(type, shaped));
        }
        var options = new JsonSerializerOptions
        {
            PropertyNameCaseInsensitive = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            MaxDepth = 64,
            TypeInfoResolver = resolver,
            Converters = { new GoJson.Int64(), new GoJson.Int32(), new GoJson.Bool(), new GoJson.Text() },
        };
        options.MakeReadOnly();
        return options;
    }

    private static void Shape(JsonTypeInfo type, ApiVersion version)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
        {
            return;
        }
        for (var index = type.Properties.Count - 1; index >= 0; index--)
        {
            var property = type.Properties[index];
            if (!VersionShapes.TryFind(type.Type, property.Name, out var rule))
            {
                continue;
            }
            if (version.Minor < rule.Since || version.Minor > rule.Until)
            {
                type.Properties.RemoveAt(index);
            }
            else if (version.Minor >= rule.OmitEmptySince)
            {
                property.ShouldSerialize = static (_, value) => !IsEmpty(value);
            }
        }
    }

    private static bool IsEmpty(object? value) => value switch
    {
        null => true,
        string text => text.Length == 0,
        ICollection collection => collection.Count == 0,
        _ => false,
    };
}
