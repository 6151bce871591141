using Naru.Core.Errors;
using Naru.Objects.Admission;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Admission.Accounts;

/// <summary>Accounts that say so let their pods use no other secrets than their own.</summary>
internal static class SecretReferences
{
    public static void Check(AdmissionRequest request, MapValue pod, StoredObject account)
    {
        var own = account.Tree.Maps("secrets").Select(static one => one.Text("name")).ToHashSet();
        var pull = account.Tree.Maps("imagePullSecrets").Select(static one => one.Text("name")).ToHashSet();
        foreach (var volume in pod.Maps("spec", "volumes"))
        {
            if (volume.Text("secret", "secretName") is { } name && !own.Contains(name))
            {
                throw Refusal(request, $"volume with secret.secretName=\"{name}\"", account);
            }
        }

        foreach (var container in pod.Maps("spec", "initContainers").Concat(pod.Maps("spec", "containers")))
        {
            foreach (var variable in container.Maps("env"))
            {
                if (variable.Text("valueFrom", "secretKeyRef", "name") is { } name && !own.Contains(name))
                {
                    throw Refusal(request, $"container {container.Text("name")} with envVar {variable.Text("name")} referencing secret.secretName=\"{name}\"", account);
                }
            }

            foreach (var from in container.Maps("envFrom"))
            {
                if (from.Text("secretRef", "name") is { } name && !own.Contains(name))
                {
                    throw Refusal(request, $"container {container.Text("name")} with envFrom referencing secret.secretName=\"{name}\"", account);
                }
            }
        }

        foreach (var reference in pod.Maps("spec", "imagePullSecrets"))
        {
            if (!pull.Contains(reference.Text("name")))
            {
                throw Refusal(request, $"imagePullSecret with name \"{reference.Text("name")}\"", account, "imagePullSecret");
            }
        }
    }

    private static NaruException Refusal(AdmissionRequest request, string what, StoredObject account, string kind = "secret") =>
        request.Forbidden($"{what} is not allowed because service account {account.Name} does not reference that {kind}");
}
