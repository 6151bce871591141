using Naru.Cel.Types;

namespace Naru.Admission.Matching;

/// <summary>The types of what expressions about requests may speak of.</summary>
internal sealed class RequestFields(Dictionary<string, CelType> fields) : ICelFields
{
    private static readonly CelType Kind = Object("kubernetes.GroupVersionKind", ("group", CelType.Text), ("version", CelType.Text), ("kind", CelType.Text));
    private static readonly CelType Resource = Object("kubernetes.GroupVersionResource", ("group", CelType.Text), ("version", CelType.Text), ("resource", CelType.Text));

    private static readonly CelType User = Object("kubernetes.UserInfo",
        ("username", CelType.Text), ("uid", CelType.Text), ("groups", CelType.ListOf(CelType.Text)), ("extra", CelType.MapOf(CelType.Text, CelType.ListOf(CelType.Text))));

    /// <summary><c>request</c>.</summary>
    public static readonly CelType Request = Object("kubernetes.AdmissionRequest",
        ("kind", Kind), ("resource", Resource), ("subResource", CelType.Text), ("requestKind", Kind), ("requestResource", Resource), ("requestSubResource", CelType.Text),
        ("name", CelType.Text), ("namespace", CelType.Text), ("operation", CelType.Text), ("userInfo", User), ("dryRun", CelType.Bool), ("options", CelType.Dyn), ("uid", CelType.Text));

    /// <summary><c>namespaceObject</c>.</summary>
    public static readonly CelType Namespace = Object("kubernetes.Namespace",
        ("metadata", Object("kubernetes.NamespaceMetadata",
            ("name", CelType.Text), ("generateName", CelType.Text), ("namespace", CelType.Text), ("labels", CelType.MapOf(CelType.Text, CelType.Text)), ("annotations", CelType.MapOf(CelType.Text, CelType.Text)),
            ("uid", CelType.Text), ("creationTimestamp", CelType.Timestamp), ("deletionGracePeriodSeconds", CelType.Int), ("deletionTimestamp", CelType.Timestamp), ("generation", CelType.Int),
            ("resourceVersion", CelType.Text), ("finalizers", CelType.ListOf(CelType.Text)))),
        ("spec", Object("kubernetes.NamespaceSpec", ("finalizers", CelType.ListOf(CelType.Text)))),
        ("status", Object("kubernetes.NamespaceStatus", ("phase", CelType.Text))));

    /// <inheritdoc/>
    public CelType? Field(string name) => fields.GetValueOrDefault(name);

    /// <summary>An object type of these fields.</summary>
    public static CelType Object(string name, params (string Name, CelType Type)[] fields) =>
        CelType.ObjectOf(name, new RequestFields(fields.ToDictionary(static one => one.Name, static one => one.Type)));
}
