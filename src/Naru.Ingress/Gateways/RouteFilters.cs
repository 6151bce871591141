using System.Collections.Immutable;
using Naru.Ingress.Proxying;
using Naru.Objects.Values;

namespace Naru.Ingress.Gateways;

/// <summary>What the filters of a rule, or of a reference to a backend, come to.</summary>
internal sealed class RouteFilters
{
    public HeaderEdits? RequestHeaders { get; private set; }

    public HeaderEdits? ResponseHeaders { get; private set; }

    public IPathRewrite? Rewrite { get; private set; }

    public string? Host { get; private set; }

    public IGate? Redirect { get; private set; }

    public List<MapValue> Mirrors { get; } = [];

    /// <summary>Filters of kinds that are not known here: the rule must not be served without them.</summary>
    public string? Unknown { get; private set; }

    public static RouteFilters Read(IEnumerable<MapValue> filters)
    {
        var read = new RouteFilters();
        foreach (var filter in filters)
        {
            read.Add(filter);
        }

        return read;
    }

    private void Add(MapValue filter)
    {
        switch (filter.Text("type"))
        {
            case "RequestHeaderModifier" when filter.Map("requestHeaderModifier") is { } modifier:
                RequestHeaders = Edits(modifier);
                break;
            case "ResponseHeaderModifier" when filter.Map("responseHeaderModifier") is { } modifier:
                ResponseHeaders = Edits(modifier);
                break;
            case "URLRewrite" when filter.Map("urlRewrite") is { } rewrite:
                Host = rewrite.Text("hostname");
                Rewrite = PathOf(rewrite.Map("path"));
                break;
            case "RequestRedirect" when filter.Map("requestRedirect") is { } redirect:
                Redirect = new RouteRedirectGate(redirect, PathOf(redirect.Map("path")));
                break;
            case "RequestMirror" when filter.Map("requestMirror") is { } mirror:
                Mirrors.Add(mirror);
                break;
            default:
                Unknown = filter.Text("type") ?? "";
                break;
        }
    }

    private static IPathRewrite? PathOf(MapValue? path) => path?.Text("type") switch
    {
        "ReplaceFullPath" => new FullRewrite(path.Text("replaceFullPath") ?? "/"),
        "ReplacePrefixMatch" => new PrefixRewrite(path.Text("replacePrefixMatch") ?? "/"),
        _ => null,
    };

    private static HeaderEdits Edits(MapValue modifier) => new(Headers(modifier, "set"), Headers(modifier, "add"), [.. modifier.List("remove")?.Texts() ?? []]);

    private static ImmutableArray<KeyValuePair<string, string>> Headers(MapValue modifier, string field) =>
        [.. modifier.Maps(field).Select(static one => new KeyValuePair<string, string>(one.Text("name") ?? "", one.Text("value") ?? ""))];
}
