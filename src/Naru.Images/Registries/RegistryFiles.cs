using System.Text.Json.Serialization;

namespace Naru.Images.Registries;

/// <summary>A token server's answer.</summary>
internal sealed record TokenFile
{
    [JsonPropertyName("token")]
    public string? Token { get; init; }

    [JsonPropertyName("access_token")]
    public string? AccessToken { get; init; }

    [JsonPropertyName("refresh_token")]
    public string? RefreshToken { get; init; }

    /// <summary>Seconds; servers that say nothing mean 60.</summary>
    [JsonPropertyName("expires_in")]
    public int? ExpiresIn { get; init; }
}

/// <summary>A registry's refusal.</summary>
internal sealed record ErrorsFile
{
    [JsonPropertyName("errors")]
    public ErrorLine[]? Errors { get; init; }
}

internal sealed record ErrorLine
{
    [JsonPropertyName("code")]
    public string? Code { get; init; }

    [JsonPropertyName("message")]
    public string? Message { get; init; }
}

internal sealed record TagsFile
{
    [JsonPropertyName("tags")]
    public string[]? Tags { get; init; }
}

internal sealed record SearchFile
{
    [JsonPropertyName("results")]
    public SearchLine[]? Results { get; init; }
}

internal sealed record SearchLine
{
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    [JsonPropertyName("description")]
    public string? Description { get; init; }

    [JsonPropertyName("star_count")]
    public int Stars { get; init; }

    [JsonPropertyName("is_official")]
    public bool IsOfficial { get; init; }

    [JsonPropertyName("is_automated")]
    public bool IsAutomated { get; init; }
}

[JsonSerializable(typeof(TokenFile))]
[JsonSerializable(typeof(ErrorsFile))]
[JsonSerializable(typeof(TagsFile))]
[JsonSerializable(typeof(SearchFile))]
internal sealed partial class RegistryJson : JsonSerializerContext;
