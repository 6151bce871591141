using Naru.Objects.Values;

namespace Naru.Access.Roles;

/// <summary>What a pod uses: that much of the cluster its node may read.</summary>
internal static class PodReferences
{
    private static readonly string[] ContainerLists = ["initContainers", "containers", "ephemeralContainers"];

    // Volume sources that name a secret, and where.
    private static readonly (string Source, string Field)[] SecretSources =
    [
        ("azureFile", "secretName"), ("cephfs", "secretRef"), ("cinder", "secretRef"), ("csi", "nodePublishSecretRef"), ("flexVolume", "secretRef"), ("iscsi", "secretRef"),
        ("rbd", "secretRef"), ("scaleIO", "secretRef"), ("secret", "secretName"), ("storageos", "secretRef"),
    ];

    public static bool UsesSecret(MapValue pod, string name) =>
        Named(pod.Maps("spec", "imagePullSecrets"), name)
        || UsesInEnvironment(pod, "secretRef", "secretKeyRef", name)
        || Volumes(pod).Any(volume => SecretSources.Any(source => Refers(volume.At(source.Source, source.Field), name)) || Projects(volume, "secret", name));

    public static bool UsesConfigMap(MapValue pod, string name) =>
        UsesInEnvironment(pod, "configMapRef", "configMapKeyRef", name)
        || Volumes(pod).Any(volume => volume.Text("configMap", "name") == name || Projects(volume, "configMap", name));

    public static bool UsesClaim(MapValue pod, string name) =>
        Volumes(pod).Any(volume => volume.Text("persistentVolumeClaim", "claimName") == name || (volume.Has("ephemeral") && $"{pod.Text("metadata", "name")}-{volume.Text("name")}" == name));

    public static bool UsesResourceClaim(MapValue pod, string name) =>
        pod.Maps("spec", "resourceClaims").Any(claim => claim.Text("resourceClaimName") == name)
        || pod.Maps("status", "resourceClaimStatuses").Any(claim => claim.Text("resourceClaimName") == name);

    public static string Account(MapValue pod) => pod.Text("spec", "serviceAccountName") is { Length: > 0 } name ? name : "default";

    /// <summary>Claims of the pod, for the volumes behind them.</summary>
    public static IEnumerable<string> Claims(MapValue pod) =>
        Volumes(pod).Select(volume => volume.Text("persistentVolumeClaim", "claimName") ?? (volume.Has("ephemeral") ? $"{pod.Text("metadata", "name")}-{volume.Text("name")}" : null)).OfType<string>();

    private static IEnumerable<MapValue> Volumes(MapValue pod) => pod.Maps("spec", "volumes");

    private static bool Refers(Value? reference, string name) => reference is TextValue text ? text.Text == name : reference is MapValue map && map.Text("name") == name;

    private static bool Named(IEnumerable<MapValue> list, string name) => list.Any(one => one.Text("name") == name);

    private static bool Projects(MapValue volume, string what, string name) => volume.Maps("projected", "sources").Any(source => source.Text(what, "name") == name);

    private static bool UsesInEnvironment(MapValue pod, string whole, string key, string name) =>
        ContainerLists.SelectMany(list => pod.Maps("spec", list)).Any(container =>
            container.Maps("envFrom").Any(from => from.Text(whole, "name") == name)
            || container.Maps("env").Any(variable => variable.Text("valueFrom", key, "name") == name));
}
