using System.Globalization;
using Naru.Controllers.Runtime;
using Naru.Objects.Api;
using Naru.Objects.Values;
using Naru.Workloads.Objects;
using Naru.Workloads.Pods;

namespace Naru.Workloads.StatefulSets;

/// <summary>Names and bodies of a StatefulSet's pods and claims. Pure.</summary>
internal static class SetPods
{
    public const string RevisionLabel = "controller-revision-hash";
    private const string NameLabel = "statefulset.kubernetes.io/pod-name";
    private const string IndexLabel = "apps.kubernetes.io/pod-index";

    /// <summary>The ordinal in a pod's name; null if it is not one of the set's.</summary>
    public static int? OrdinalOf(string set, string pod) =>
        pod.Length > set.Length + 1 && pod.StartsWith(set, StringComparison.Ordinal) && pod[set.Length] == '-'
            && int.TryParse(pod.AsSpan(set.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal)
            && pod.Length == set.Length + 1 + ordinal.ToString(CultureInfo.InvariantCulture).Length
            ? ordinal
            : null;

    public static string ClaimName(MapValue template, string set, int ordinal) => $"{template.Text("metadata", "name")}-{set}-{ordinal.Text()}";

    public static MapValue ToPod(StoredObject set, StatefulSetSpec spec, MapValue template, string revision, int ordinal)
    {
        var pod = PodTemplates.ToPod(template, set, WorkloadKind.StatefulSet);
        var name = $"{set.Name}-{ordinal.Text()}";
        var metadata = pod.Map("metadata")!;
        metadata["name"] = name;
        var labels = metadata.MakeMap("labels");
        labels[NameLabel] = name;
        labels[IndexLabel] = ordinal.Text();
        labels[RevisionLabel] = revision;
        var body = pod.Map("spec")!;
        body["hostname"] = name;
        if (spec.ServiceName.Length > 0)
        {
            body["subdomain"] = spec.ServiceName;
        }

        AddClaims(body, set.Name, spec, ordinal);
        return pod;
    }

    public static MapValue ToClaim(StoredObject set, StatefulSetSpec spec, MapValue template, int ordinal)
    {
        var claim = new MapValue(4) { ["apiVersion"] = "v1", ["kind"] = "PersistentVolumeClaim" };
        var metadata = template.Map("metadata")?.CloneMap() ?? [];
        metadata.Remove("creationTimestamp");
        metadata["name"] = ClaimName(template, set.Name, ordinal);
        metadata["namespace"] = set.Namespace;
        var labels = metadata.MakeMap("labels");
        foreach (var (name, value) in set.Tree.Map("spec", "selector", "matchLabels") ?? [])
        {
            labels[name] = value;
        }

        claim["metadata"] = metadata;
        claim["spec"] = template.Map("spec")?.CloneMap() ?? [];
        SetClaimOwners(claim, set, spec, null);
        return claim;
    }

    /// <summary>Who takes a claim along: the set when it is deleted, the pod when it was scaled away. Says if the claim changed.</summary>
    public static bool SetClaimOwners(MapValue claim, StoredObject set, StatefulSetSpec spec, StoredObject? condemnedPod)
    {
        var before = claim.Map("metadata")!.CloneMap();
        Owners.TryRemove(claim, set.Uid);
        foreach (var pod in claim.Maps("metadata", "ownerReferences").Where(one => one.Text("kind") == "Pod" && one.Text("uid") != condemnedPod?.Uid).ToList())
        {
            Owners.TryRemove(claim, pod.Text("uid") ?? "");
        }

        if (condemnedPod is not null && spec.DeletesClaimsOnScaleDown)
        {
            AddOwner(claim, condemnedPod, "v1", "Pod", false);
        }
        else if (spec.DeletesClaimsWithSet)
        {
            AddOwner(claim, set, "apps/v1", "StatefulSet", true);
        }

        return !claim.Map("metadata")!.DeepEquals(before);
    }

    private static void AddOwner(MapValue claim, StoredObject owner, string apiVersion, string kind, bool controls)
    {
        var references = claim.MakeMap("metadata").MakeList("ownerReferences");
        references.RemoveAll(one => one is MapValue map && map.Text("uid") == owner.Uid);
        var reference = new MapValue(6) { ["apiVersion"] = apiVersion, ["kind"] = kind, ["name"] = owner.Name, ["uid"] = owner.Uid };
        if (controls)
        {
            reference["controller"] = true;
        }

        reference["blockOwnerDeletion"] = true;
        references.Add(reference);
    }

    private static void AddClaims(MapValue body, string set, StatefulSetSpec spec, int ordinal)
    {
        if (spec.Claims.Count == 0)
        {
            return;
        }

        var volumes = body.MakeList("volumes");
        foreach (var template in spec.Claims)
        {
            var name = template.Text("metadata", "name") ?? "";
            volumes.RemoveAll(one => one is MapValue map && map.Text("name") == name);
            volumes.Add(new MapValue(2)
            {
                ["name"] = name,
                ["persistentVolumeClaim"] = new MapValue(1) { ["claimName"] = ClaimName(template, set, ordinal) },
            });
        }
    }
}
