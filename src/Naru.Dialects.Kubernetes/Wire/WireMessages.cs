using System.Collections.Frozen;
using System.Globalization;
using Naru.Objects.Resources;
using Naru.Objects.Schemas;

namespace Naru.Dialects.Kubernetes.Wire;

/// <summary>The messages of Kubernetes' protobuf, read from a table when first needed.</summary>
internal static class WireMessages
{
    public const string Meta = "k8s.io.apimachinery.pkg.apis.meta.v1";

    private static readonly Lazy<FrozenDictionary<string, WireMessage>> All = new(Read);

    /// <summary>The message of a full name; null if there is none.</summary>
    public static WireMessage? Find(string name) => All.Value.GetValueOrDefault(name);

    /// <summary>The full name of a kind's message; null if it has none. Kinds of the API itself (Status, DeleteOptions) are found in every group.</summary>
    public static string? NameOf(GroupVersionKind kind)
    {
        var own = $"{PackageOf(kind.Group, kind.Version)}.{kind.Kind}";
        if (Find(own) is not null)
        {
            return own;
        }

        var meta = $"{Meta}.{kind.Kind}";
        return Find(meta) is not null ? meta : null;
    }

    private static string PackageOf(string group, string version) => group switch
    {
        "" => $"k8s.io.api.core.{version}",
        "meta.k8s.io" => $"k8s.io.apimachinery.pkg.apis.meta.{version}",
        "apiextensions.k8s.io" => $"k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.{version}",
        "apiregistration.k8s.io" => $"k8s.io.kube_aggregator.pkg.apis.apiregistration.{version}",
        _ when !group.Contains('.', StringComparison.Ordinal) || group.EndsWith(".k8s.io", StringComparison.Ordinal) => $"k8s.io.api.{group.Split('.')[0]}.{version}",
        _ => "",
    };

    private static FrozenDictionary<string, WireMessage> Read()
    {
        using var reader = SchemaTables.OpenMessages();
        var fields = new Dictionary<string, List<WireField>>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            var parts = line.Split('\t');
            var name = $"{parts[0]}.{parts[1]}";
            if (!fields.TryGetValue(name, out var list))
            {
                fields[name] = list = [];
            }

            list.Add(FieldOf(parts));
        }

        return fields.ToFrozenDictionary(static one => one.Key, static one => new WireMessage(one.Key, one.Value), StringComparer.Ordinal);
    }

    private static WireField FieldOf(string[] parts)
    {
        var type = parts[4];
        var isMap = type.StartsWith("map<string,", StringComparison.Ordinal);
        var isList = type.EndsWith("[]", StringComparison.Ordinal);
        var one = isMap ? type["map<string,".Length..^1] : isList ? type[..^2] : type;
        var kind = one switch
        {
            "string" => WireKind.Text,
            "bool" => WireKind.Truth,
            "int32" or "int64" => WireKind.Number,
            "double" => WireKind.Real,
            "bytes" => WireKind.Bytes,
            _ => WireKind.Message,
        };
        var full = kind != WireKind.Message ? "" : one[0] == '.' ? one[1..] : $"{parts[0]}.{one}";
        return new WireField(int.Parse(parts[2], CultureInfo.InvariantCulture), parts[3] == "(inline)" ? "" : parts[3], kind, full, isList, isMap, one);
    }
}
