namespace Naru.Objects.Resources;

/// <summary>A group and a resource in it: <c>deployments.apps</c>. What the store and the cache know objects by.</summary>
/// <param name="Group">API group; empty for the core group.</param>
/// <param name="Resource">Plural, lower case: <c>deployments</c>.</param>
public readonly record struct GroupResource(string Group, string Resource)
{
    /// <inheritdoc/>
    public override string ToString() => Group.Length == 0 ? Resource : $"{Resource}.{Group}";
}

/// <summary>A resource at one version: what a request addresses.</summary>
public readonly record struct GroupVersionResource(string Group, string Version, string Resource)
{
    /// <summary>Without the version.</summary>
    public GroupResource GroupResource => new(Group, Resource);

    /// <summary><c>v1</c> or <c>apps/v1</c>.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <inheritdoc/>
    public override string ToString() => $"{ApiVersion}, Resource={Resource}";
}

/// <summary>A kind in a group.</summary>
public readonly record struct GroupKind(string Group, string Kind)
{
    /// <inheritdoc/>
    public override string ToString() => Group.Length == 0 ? Kind : $"{Kind}.{Group}";
}

/// <summary>A kind at one version: what a body says that it is.</summary>
public readonly record struct GroupVersionKind(string Group, string Version, string Kind)
{
    /// <summary>Without the version.</summary>
    public GroupKind GroupKind => new(Group, Kind);

    /// <summary><c>v1</c> or <c>apps/v1</c>.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>Takes <c>apps/v1</c> and <c>Deployment</c> apart.</summary>
    public static GroupVersionKind Parse(string apiVersion, string kind)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? new("", apiVersion, kind) : new(apiVersion[..slash], apiVersion[(slash + 1)..], kind);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{ApiVersion}, Kind={Kind}";
}
