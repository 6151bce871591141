namespace Naru.Dialects.Kubernetes.Requests;

/// <summary>What a request addresses: read from its method, path and query.</summary>
internal sealed record RequestTarget
{
    /// <summary>The path, decoded.</summary>
    public required string Path { get; init; }

    /// <summary>Kubernetes' verb; for paths that are no resource the method in small letters.</summary>
    public required string Verb { get; init; }

    /// <summary>The path addresses a resource.</summary>
    public bool IsResource { get; init; }

    /// <summary>API group; empty for the core group.</summary>
    public string Group { get; init; } = "";

    /// <summary>Version.</summary>
    public string Version { get; init; } = "";

    /// <summary>Namespace; empty for none or all.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Plural of the resource.</summary>
    public string Resource { get; init; } = "";

    /// <summary>Name; empty for the collection.</summary>
    public string Name { get; init; } = "";

    /// <summary>For lists and watches of one object (<c>fieldSelector=metadata.name=x</c>): its name, for the authoriser.</summary>
    public string SelectedName { get; init; } = "";

    /// <summary>Part of the object.</summary>
    public string Subresource { get; init; } = "";

    /// <summary>What follows the subresource in the path, without the leading slash; null if nothing does.</summary>
    public string? Rest { get; init; }

    /// <summary>The collection is the object's own: namespace, cluster or one object.</summary>
    public string Scope => Name.Length > 0 ? "resource" : Namespace.Length > 0 ? "namespace" : "cluster";

    /// <summary>It goes on until somebody ends it.</summary>
    public bool IsLongRunning => Verb is "watch" || (IsResource && Subresource is "exec" or "attach" or "portforward" or "log" or "proxy");

    /// <summary>It changes nothing.</summary>
    public bool IsReadOnly => Verb is "get" or "list" or "watch" or "head" or "options";
}
