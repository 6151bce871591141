namespace Naru.Ingress.Routing;

/// <summary>What decides between routes that take the same path, in the order in which it is looked at.</summary>
internal sealed record RouteRank : IComparable<RouteRank>
{
    /// <summary>Comes before the main route and lets pass what it does not want.</summary>
    public bool IsCanary { get; init; }

    /// <summary>Names a method.</summary>
    public bool HasMethod { get; init; }

    /// <summary>How many headers it asks for.</summary>
    public int Headers { get; init; }

    /// <summary>How many parameters of the query it asks for.</summary>
    public int Parameters { get; init; }

    /// <summary>When its object was made: the older one wins.</summary>
    public string Created { get; init; } = "";

    /// <summary>Namespace and name of its object.</summary>
    public string Object { get; init; } = "";

    /// <summary>Place in its object.</summary>
    public int Index { get; init; }

    public int CompareTo(RouteRank? other)
    {
        if (other is null)
        {
            return -1;
        }

        var order = other.IsCanary.CompareTo(IsCanary);
        order = order != 0 ? order : other.HasMethod.CompareTo(HasMethod);
        order = order != 0 ? order : other.Headers.CompareTo(Headers);
        order = order != 0 ? order : other.Parameters.CompareTo(Parameters);
        order = order != 0 ? order : string.CompareOrdinal(Created, other.Created);
        order = order != 0 ? order : string.CompareOrdinal(Object, other.Object);
        return order != 0 ? order : Index.CompareTo(other.Index);
    }
}
