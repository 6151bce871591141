using Naru.Cluster.Catalogue;
using Naru.Core.Errors;
using Naru.Objects.Selectors;
using Naru.Objects.Values;

namespace Naru.Cluster.Subresources;

/// <summary>The <c>scale</c> subresource: a view of an object with the wished and the present number of replicas.</summary>
internal static class Scales
{
    private static readonly string[] UsualSpec = ["spec", "replicas"];
    private static readonly string[] UsualStatus = ["status", "replicas"];

    /// <summary>The object's scale.</summary>
    public static MapValue View(ServedResource resource, MapValue body, long revision)
    {
        var metadata = body.Map("metadata")!;
        var view = new MapValue();
        foreach (var name in new[] { "name", "namespace", "uid", "creationTimestamp" })
        {
            view[name] = metadata[name];
        }

        view["resourceVersion"] = revision.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var paths = PathsOf(resource);
        var status = new MapValue { { "replicas", body.Integer(paths.Status) ?? 0 } };
        if (SelectorOf(resource, body, paths.Selector) is { Length: > 0 } selector)
        {
            status["selector"] = selector;
        }

        return new MapValue
        {
            { "kind", "Scale" },
            { "apiVersion", "autoscaling/v1" },
            { "metadata", view },
            { "spec", new MapValue { { "replicas", body.Integer(paths.Spec) ?? 0 } } },
            { "status", status },
        };
    }

    /// <summary>Sets the wished number of replicas from a scale.</summary>
    public static void Set(ServedResource resource, MapValue body, MapValue scale)
    {
        var replicas = scale.Integer("spec", "replicas") ?? 0;
        if (replicas is < 0 or > int.MaxValue)
        {
            throw new NaruException(ErrorKind.InvalidArgument, $"Scale.autoscaling \"{body.Text("metadata", "name")}\" is invalid: spec.replicas: Invalid value: {replicas}: must be greater than or equal to 0")
            {
                Details = new FailureDetails { Group = "autoscaling", Kind = "Scale", Name = body.Text("metadata", "name") ?? "", Causes = [new FailureCause("FieldValueInvalid", $"Invalid value: {replicas}: must be greater than or equal to 0", "spec.replicas")] },
            };
        }

        var path = PathsOf(resource).Spec;
        var map = body;
        foreach (var name in path[..^1])
        {
            map = map.MakeMap(name);
        }

        map[path[^1]] = replicas;
    }

    private static (string[] Spec, string[] Status, string[]? Selector) PathsOf(ServedResource resource)
    {
        if (resource.Custom is not { } custom)
        {
            return (UsualSpec, UsualStatus, null);
        }

        var scale = custom.Version.Map("subresources", "scale") ?? [];
        return (Split(scale.Text("specReplicasPath")) ?? UsualSpec, Split(scale.Text("statusReplicasPath")) ?? UsualStatus, Split(scale.Text("labelSelectorPath")));
    }

    private static string[]? Split(string? path) => string.IsNullOrEmpty(path) ? null : path.TrimStart('.').Split('.');

    private static string? SelectorOf(ServedResource resource, MapValue body, string[]? path)
    {
        if (resource.Custom is not null)
        {
            return path is null ? null : body.Text(path);
        }

        var selector = body.Map("spec", "selector");
        if (selector is null)
        {
            return null;
        }

        return resource.Info.Kind == "ReplicationController" ? LabelSelector.FromLabels(selector).ToString() : LabelSelector.FromBody(selector).ToString();
    }
}
