namespace Naru.Ingress.Routing;

/// <summary>How a path is compared.</summary>
internal enum PathKind
{
    /// <summary>The whole path, letter by letter.</summary>
    Exact,

    /// <summary>Element by element from the start; a slash at the end says nothing.</summary>
    Prefix,

    /// <summary>A pattern.</summary>
    Regex,
}
