namespace Naru.Dialects.Http.Routing;

/// <summary>The values of a pattern's places, in the order of the path; a pattern has at most two.</summary>
public readonly record struct RouteValues(string? First, string? Second)
{
    internal bool AllFilled => First is not "" && Second is not "";

    internal RouteValues With(string value) => First is null ? this with { First = value } : this with { Second = value };
}
