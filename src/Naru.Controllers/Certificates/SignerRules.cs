namespace Naru.Controllers.Certificates;

/// <summary>What the built-in signers sign. Pure.</summary>
internal static class SignerRules
{
    /// <summary>Clients of the API server.</summary>
    public const string Client = "kubernetes.io/kube-apiserver-client";

    /// <summary>Kubelets as clients of the API server.</summary>
    public const string KubeletClient = "kubernetes.io/kube-apiserver-client-kubelet";

    /// <summary>Kubelets as servers.</summary>
    public const string KubeletServing = "kubernetes.io/kubelet-serving";

    /// <summary>This cluster signs for it.</summary>
    public static bool Knows(string signer) => signer is Client or KubeletClient or KubeletServing;

    /// <summary>Why a signer does not sign a request; null if it does.</summary>
    public static string? Refusal(string signer, SigningRequest request, IReadOnlyCollection<string> usages) => signer switch
    {
        Client => Usages(usages, "client auth"),
        KubeletClient => Node(request) ?? (request.Hosts > 0 ? "DNS and IP subjectAltNames are not allowed" : null) ?? Usages(usages, "client auth"),
        KubeletServing => Node(request) ?? (request.Hosts == 0 ? "DNS or IP subjectAltName is required" : null) ?? Usages(usages, "server auth"),
        _ => $"no signer is called {signer}",
    };

    private static string? Node(SigningRequest request)
    {
        if (request.Organizations is not ["system:nodes"])
        {
            return "subject organization is not system:nodes";
        }

        if (!request.CommonName.StartsWith("system:node:", StringComparison.Ordinal) || request.CommonName.Length == "system:node:".Length)
        {
            return "subject common name does not begin with system:node:";
        }

        return request.HasOtherNames ? "email and URI subjectAltNames are not allowed" : null;
    }

    private static string? Usages(IReadOnlyCollection<string> usages, string needed)
    {
        if (!usages.Contains(needed))
        {
            return $"usages did not match {needed}";
        }

        return usages.FirstOrDefault(usage => usage is not ("digital signature" or "key encipherment") && usage != needed) is { } other ? $"usage \"{other}\" is not allowed" : null;
    }
}
