using Naru.Objects.Schemas;

namespace Naru.Objects.Apply;

/// <summary>Who writes an object, and through what.</summary>
public record ManagerRequest
{
    /// <summary>The object's type; null if nothing is known of it (maps are then owned field by field, lists as a whole).</summary>
    public required ISchema? Schema { get; init; }

    /// <summary>Name of the manager: the fieldManager of the request, or what its user agent begins with.</summary>
    public required string Manager { get; init; }

    /// <summary>Version that the request was made in: <c>apps/v1</c>.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Subresource that the request was made through; empty for the object itself.</summary>
    public string Subresource { get; init; } = "";

    /// <summary>Fields that the request cannot change, as dotted paths: <c>status</c> for an object with a status of its own, <c>spec</c> for its status.</summary>
    public IReadOnlyList<string> ResetFields { get; init; } = [];
}

/// <summary>A server-side apply.</summary>
public sealed record ApplyRequest : ManagerRequest
{
    /// <summary>Take fields over from other managers.</summary>
    public bool Force { get; init; }
}

/// <summary>What came of a server-side apply.</summary>
/// <param name="Object">The merged object with its managed fields. Shares nothing that can change with what was given.</param>
/// <param name="Changed">False if the object stays as it was, owners and all.</param>
public sealed record ApplyResult(Values.MapValue Object, bool Changed);
