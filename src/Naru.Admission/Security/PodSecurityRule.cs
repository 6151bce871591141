using Naru.Objects.Admission;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Admission.Security;

/// <summary>Pod security standards by the labels of the namespace: pods are refused, workloads and pods warned about and noted in the audit log.</summary>
internal sealed class PodSecurityRule(Lazy<IObjects> objects, AdmissionOptions options) : AdmissionRule
{
    private const string Prefix = "pod-security.kubernetes.io/";

    // Looking at all pods of a namespace that becomes stricter ends somewhere.
    private const int MostPods = 3000;

    private static readonly string[] ContainerFields = ["initContainers", "containers", "ephemeralContainers"];

    public override int Order => 600;

    public override bool Handles(AdmissionRequest request)
    {
        var resource = request.Resource.Resource.GroupResource;
        return request.Operation is AdmissionOperation.Create or AdmissionOperation.Update
            && (resource == Known.Pods ? request.Subresource is "" or "ephemeralcontainers" : request.Subresource.Length == 0 && (resource == Known.Namespaces || PodTemplates.Has(resource)));
    }

    public override ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var resource = request.Resource.Resource.GroupResource;
        if (resource == Known.Namespaces)
        {
            CheckNamespace(request);
        }
        else if (!options.PodSecurityExemptNamespaces.Contains(request.Namespace) && !options.PodSecurityExemptUsers.Contains(request.User.Name))
        {
            var labels = objects.Value.Get(Known.Namespaces, "", request.Namespace)?.Tree.Map("metadata", "labels");
            var policy = NamespacePolicy.Read(labels, options);
            if (resource != Known.Pods)
            {
                Look(request, policy, PodTemplates.Of(resource, request.Object!), enforce: false);
            }
            else if (request.Operation == AdmissionOperation.Create || request.Subresource.Length > 0 || IsOtherPod(request))
            {
                Look(request, policy, View(request.Object!), enforce: true);
            }
        }

        return ValueTask.CompletedTask;
    }

    private static PodView View(MapValue pod) => new(pod.Map("metadata") ?? new MapValue(), pod.Map("spec") ?? new MapValue());

    // Most of a pod cannot change; what can, and matters here, are its containers.
    private static bool IsOtherPod(AdmissionRequest request) => ContainerFields.Any(field =>
    {
        var (now, before) = (request.Object?.At("spec", field), request.Old?.At("spec", field));
        return now is null ? before is not null : !now.DeepEquals(before);
    });

    private void Look(AdmissionRequest request, NamespacePolicy policy, PodView? pod, bool enforce)
    {
        if (pod is null || options.PodSecurityExemptRuntimeClasses.Contains(pod.Spec.Text("runtimeClassName") ?? ""))
        {
            return;
        }

        if (enforce)
        {
            request.AuditAnnotations[$"{Prefix}enforce-policy"] = policy.Enforce.ToString();
            if (SecurityEvaluator.Evaluate(policy.Enforce, pod) is { } broken)
            {
                throw request.Forbidden($"violates PodSecurity \"{policy.Enforce}\": {broken}");
            }
        }

        if (SecurityEvaluator.Evaluate(policy.Audit, pod) is { } noted)
        {
            request.AuditAnnotations[$"{Prefix}audit-violations"] = $"would violate PodSecurity \"{policy.Audit}\": {noted}";
        }

        if (SecurityEvaluator.Evaluate(policy.Warn, pod) is { } warned)
        {
            request.Warnings.Add($"would violate PodSecurity \"{policy.Warn}\": {warned}");
        }
    }

    private void CheckNamespace(AdmissionRequest request)
    {
        var (labels, before) = (request.Object?.Map("metadata", "labels"), request.Old?.Map("metadata", "labels"));
        var errors = NamespacePolicy.Check(labels);
        if (!errors.IsEmpty && (request.Operation == AdmissionOperation.Create || !errors.Causes.All(NamespacePolicy.Check(before).Causes.Contains)))
        {
            throw errors.ToFailure("", "Namespace", request.Object?.Text("metadata", "name") ?? request.Name);
        }

        var (now, then) = (NamespacePolicy.Read(labels, options).Enforce, NamespacePolicy.Read(before, options).Enforce);
        if (request.Operation == AdmissionOperation.Update && now != then && now.Level >= then.Level && now.Level != SecurityLevel.Privileged && !options.PodSecurityExemptNamespaces.Contains(request.Name))
        {
            WarnOfPods(request, now);
        }
    }

    private void WarnOfPods(AdmissionRequest request, LevelVersion level)
    {
        var broken = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var pod in objects.Value.List(Known.Pods, request.Name).Take(MostPods))
        {
            if (SecurityEvaluator.Evaluate(level, View(pod.Tree)) is { } text)
            {
                // Only the reasons: the details name containers, which differ from pod to pod.
                var reasons = string.Join(", ", text.Split("), ").Select(static one => one[..one.IndexOf(" (", StringComparison.Ordinal)]));
                (broken.TryGetValue(reasons, out var names) ? names : broken[reasons] = []).Add(pod.Name);
            }
        }

        if (broken.Count == 0)
        {
            return;
        }

        request.Warnings.Add($"existing pods in namespace \"{request.Name}\" violate the new PodSecurity enforce level \"{level}\"");
        foreach (var (reasons, names) in broken.OrderBy(static one => one.Value[0], StringComparer.Ordinal))
        {
            var others = names.Count == 1 ? "" : $" (and {names.Count - 1} other pod{(names.Count == 2 ? "" : "s")})";
            request.Warnings.Add($"{names[0]}{others}: {reasons}");
        }
    }
}
