using System.IO.Compression;
using System.Text;

namespace Naru.Objects.Descriptions;

/// <summary>What Kubernetes says about its types and their fields, for OpenAPI documents and <c>kubectl explain</c>. The texts are those of the official models, packed at
/// build time. They are unpacked when somebody asks and let go when memory is short: an idle cluster keeps none of them. Any thread.</summary>
public static class ModelDescriptions
{
    private const string Resource = "Naru.Objects.descriptions.gz";

    private static readonly WeakReference<Dictionary<string, string>?> Unpacked = new(null);

    /// <summary>The description of a type or of one of its fields; null if nothing is said.</summary>
    /// <param name="definition">Name in OpenAPI or in protobuf: <c>io.k8s.api.core.v1.PodSpec</c>, <c>k8s.io.api.core.v1.PodSpec</c>.</param>
    /// <param name="property">JSON name of a field; null for the type itself.</param>
    public static string? Describe(string definition, string? property = null)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var parts = definition.Split('.');
        if (parts.Length < 3 || parts[^2].Length < 2)
        {
            return null;
        }

        // Models whose name stands in several groups carry the group's: Corev1Event, Eventsv1Event; the others V1Pod.
        var (group, version, name) = (parts[^3], parts[^2], parts[^1]);
        var texts = Texts();
        return Find(texts, $"{group}{version}{name}", property) ?? Find(texts, $"{version}{name}", property);
    }

    private static string? Find(Dictionary<string, string> texts, string model, string? property)
    {
        if (property is null)
        {
            return texts.GetValueOrDefault(Key(model, ""));
        }

        // C# has no dashes and dollars in names, and "default" is a word of its own there: x-kubernetes-list-type is XKubernetesListType, default DefaultProperty.
        var plain = property.Replace("-", "", StringComparison.Ordinal).Replace("$", "", StringComparison.Ordinal);
        return texts.GetValueOrDefault(Key(model, plain)) ?? texts.GetValueOrDefault(Key(model, $"{plain}Property"));
    }

    private static string Key(string model, string property) => $"{model}\t{property}";

    private static Dictionary<string, string> Texts()
    {
        if (Unpacked.TryGetTarget(out var texts) && texts is not null)
        {
            return texts;
        }

        texts = Unpack();
        Unpacked.SetTarget(texts);
        return texts;
    }

    private static Dictionary<string, string> Unpack()
    {
        using var packed = typeof(ModelDescriptions).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"the resource {Resource} is missing");
        using var lines = new StreamReader(new GZipStream(packed, CompressionMode.Decompress), Encoding.UTF8);
        var texts = new Dictionary<string, string>(5000, StringComparer.OrdinalIgnoreCase);
        while (lines.ReadLine() is { } line)
        {
            var end = line.IndexOf('\t', line.IndexOf('\t', StringComparison.Ordinal) + 1);
            texts.TryAdd(line[..end], Plain(line[(end + 1)..]));
        }

        return texts;
    }

    private static string Plain(string text) => text.Contains('\\', StringComparison.Ordinal)
        ? text.Replace("\\\\", "\0", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal).Replace('\0', '\\')
        : text;
}
