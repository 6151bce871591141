using System.Security.Cryptography;
using Naru.Objects.Admission;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Admission.Accounts;

/// <summary>Every pod has a service account that exists, gets its pull secrets and, unless it does not want to, its token.</summary>
internal sealed class ServiceAccountRule(Lazy<IObjects> objects, AdmissionOptions options, TimeProvider time) : AdmissionRule
{
    private const string Default = "default";
    private const string Prefix = "kube-api-access-";
    private const string MountPath = "/var/run/secrets/kubernetes.io/serviceaccount";
    private const int Attempts = 10;

    public override int Order => 200;

    public override bool Handles(AdmissionRequest request) => Creates(request, Known.Pods);

    public override async ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var pod = request.Object!;
        if (pod.Text("metadata", "annotations", Known.MirrorAnnotation) is not null)
        {
            return;
        }

        var spec = pod.MakeMap("spec");
        if (spec.Text("serviceAccountName") is null or "")
        {
            spec["serviceAccountName"] = spec.Text("serviceAccount") is { Length: > 0 } old ? old : Default;
        }

        spec["serviceAccount"] = spec["serviceAccountName"];
        var account = (await FindAsync(request, spec.Text("serviceAccountName")!, cancellationToken)).Tree;
        if (spec.Boolean("automountServiceAccountToken") ?? account.Boolean("automountServiceAccountToken") ?? true)
        {
            MountToken(spec);
        }

        if (spec.List("imagePullSecrets") is null or { Count: 0 } && account.List("imagePullSecrets") is { Count: > 0 } pull)
        {
            spec["imagePullSecrets"] = pull.Clone();
        }
    }

    public override async ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var pod = request.Object!;
        if (pod.Text("metadata", "annotations", Known.MirrorAnnotation) is not null)
        {
            CheckMirror(request, pod);
            return;
        }

        var account = await FindAsync(request, pod.Text("spec", "serviceAccountName") ?? "", cancellationToken);
        if (account.Tree.Text("metadata", "annotations", "kubernetes.io/enforce-mountable-secrets") is "true" or "True" or "1")
        {
            SecretReferences.Check(request, pod, account);
        }
    }

    private static void CheckMirror(AdmissionRequest request, MapValue pod)
    {
        if (pod.Text("spec", "serviceAccountName") is { Length: > 0 })
        {
            throw request.Forbidden("a mirror pod may not reference service accounts");
        }

        if (pod.Maps("spec", "volumes").Any(static volume => volume.Maps("projected", "sources").Any(static source => source.Has("serviceAccountToken"))))
        {
            throw request.Forbidden("a mirror pod may not use ServiceAccountToken volume projections");
        }
    }

    private static void MountToken(MapValue spec)
    {
        var standing = spec.Maps("volumes").Select(static volume => volume.Text("name") ?? "").FirstOrDefault(static name => name.StartsWith(Prefix, StringComparison.Ordinal));
        var name = standing ?? Prefix + RandomNumberGenerator.GetString("bcdfghjklmnpqrstvwxz2456789", 5);
        var needed = false;
        foreach (var container in spec.Maps("initContainers").Concat(spec.Maps("containers")))
        {
            if (!container.Maps("volumeMounts").Any(static mount => mount.Text("mountPath") == MountPath))
            {
                container.MakeList("volumeMounts").Add(new MapValue { ["name"] = name, ["readOnly"] = true, ["mountPath"] = MountPath });
                needed = true;
            }
        }

        if (needed && standing is null)
        {
            spec.MakeList("volumes").Add(TokenVolume(name));
        }
    }

    // What Kubernetes gives: a token that the kubelet renews, the cluster's authority, and the namespace.
    private static MapValue TokenVolume(string name) => new()
    {
        ["name"] = name,
        ["projected"] = new MapValue
        {
            ["sources"] = new ListValue(
            [
                new MapValue { ["serviceAccountToken"] = new MapValue { ["expirationSeconds"] = 3607, ["path"] = "token" } },
                new MapValue { ["configMap"] = new MapValue { ["name"] = "kube-root-ca.crt", ["items"] = new ListValue([new MapValue { ["key"] = "ca.crt", ["path"] = "ca.crt" }]) } },
                new MapValue
                {
                    ["downwardAPI"] = new MapValue
                    {
                        ["items"] = new ListValue([new MapValue { ["path"] = "namespace", ["fieldRef"] = new MapValue { ["apiVersion"] = "v1", ["fieldPath"] = "metadata.namespace" } }]),
                    },
                },
            ]),
            ["defaultMode"] = 420,
        },
    };

    // The default account is made a moment after its namespace.
    private async ValueTask<StoredObject> FindAsync(AdmissionRequest request, string name, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (objects.Value.Get(Known.ServiceAccounts, request.Namespace, name) is { } account)
            {
                return account;
            }

            if (name != Default || attempt >= Attempts)
            {
                throw request.Forbidden($"error looking up service account {request.Namespace}/{name}: serviceaccount \"{name}\" not found");
            }

            await Task.Delay(options.ServiceAccountPatience / Attempts, time, cancellationToken);
        }
    }
}
