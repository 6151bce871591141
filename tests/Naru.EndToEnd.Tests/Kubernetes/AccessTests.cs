using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Naru.EndToEnd.Tests.Support;
using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Kubernetes;

/// <summary>Users with certificates and tokens, and what they may do.</summary>
public sealed class AccessTests(Cluster cluster)
{
    [Fact]
    public async Task ServiceAccountToken_RoleAllows_OnlyThat()
    {
        await using var space = await cluster.SpaceAsync();
        await space.OkAsync("create serviceaccount reader");
        await space.OkAsync("create role reading --verb=get,list --resource=pods");
        await space.OkAsync($"create rolebinding reading --role=reading --serviceaccount={space.Name}:reader");
        var token = await space.OkAsync("create token reader --duration=10m");
        Assert.Equal("", (await AsAsync(space, token, "get", "pods", "-o", "name")).Line);
        var refused = await AsAsync(space, token, "get", "secrets");
        Assert.Contains($"Error from server (Forbidden): secrets is forbidden: User \"system:serviceaccount:{space.Name}:reader\" cannot list resource \"secrets\" in API group \"\" in the namespace \"{space.Name}\"", refused.Error, StringComparison.Ordinal);
        Assert.Contains($"system:serviceaccounts:{space.Name}", (await AsAsync(space, token, "auth", "whoami")).Output, StringComparison.Ordinal);
        Assert.Equal("yes", (await AsAsync(space, token, "auth", "can-i", "list", "pods")).Line);
        Assert.Equal("no", (await AsAsync(space, token, "auth", "can-i", "delete", "pods")).Line);
        Assert.Contains("pods ", (await AsAsync(space, token, "auth", "can-i", "--list")).Output, StringComparison.Ordinal);
        // One that was never shown before: those that were are believed for ten seconds.
        var unused = await space.OkAsync("create token reader");
        await space.OkAsync("delete serviceaccount reader");
        Assert.Contains("You must be logged in", (await AsAsync(space, unused, "get", "pods")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Impersonation_AnswersAsTheOther()
    {
        await using var space = await cluster.SpaceAsync();
        await space.OkAsync("create rolebinding editing --clusterrole=edit --user=jane");
        Assert.Equal("yes", await space.OkAsync("auth can-i create deployments --as jane"));
        Assert.Equal("no", (await space.TryAsync("auth can-i create roles --as jane")).Line);
        await space.OkAsync("create configmap by-jane --as jane");
        await space.FailsAsync("User \"joe\" cannot create resource \"configmaps\"", "create configmap by-joe --as joe");
        Assert.Matches(@"Username +joe\n.*devs", await space.OkAsync("auth whoami --as joe --as-group devs"));
        // Nobody gives away what he does not have.
        await space.OkAsync("create role granting --verb=create,get --resource=roles");
        await space.OkAsync("create rolebinding granting --role=granting --user=mallory");
        await space.FailsAsync("is attempting to grant RBAC permissions not currently held", "create role more --verb=get --resource=secrets --as mallory");
    }

    [Fact]
    public async Task Strangers_AreRefused()
    {
        await using var space = await cluster.SpaceAsync();
        Assert.Contains("You must be logged in to the server", (await AsAsync(space, "nonsense", "get", "pods")).Error, StringComparison.Ordinal);
        using var handler = new SocketsHttpHandler { SslOptions = cluster.Stranger() };
        using var anonymous = new HttpClient(handler);
        var answer = await anonymous.GetAsync($"{cluster.Address}/api/v1/pods");
        Assert.Equal(403, (int)answer.StatusCode);
        Assert.Contains("User \\\"system:anonymous\\\" cannot list resource \\\"pods\\\" in API group \\\"\\\" at the cluster scope", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("ok", await anonymous.GetStringAsync($"{cluster.Address}/livez"));
    }

    [Fact]
    public async Task CertificateRequest_Approved_LogsIn()
    {
        await using var space = await cluster.SpaceAsync();
        Clients.Need(Clients.Kubectl);
        var name = "jane-" + space.Name;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = new CertificateRequest($"CN={name},O=devs", key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
        await space.FeedOkAsync("create --as asker --as-group system:masters", $$"""
            apiVersion: certificates.k8s.io/v1
            kind: CertificateSigningRequest
            metadata: {name: {{name}}}
            spec:
              request: {{Convert.ToBase64String(Encoding.ASCII.GetBytes(pem + "\n"))}}
              signerName: kubernetes.io/kube-apiserver-client
              usages: [client auth]
              username: somebody-else
            """);
        Assert.Matches($@"(?m)^{name} +\d+s +kubernetes.io/kube-apiserver-client +asker +<none> +Pending$", await cluster.OkAsync("get csr"));
        Assert.Contains("approved", await cluster.OkAsync($"certificate approve {name}"), StringComparison.Ordinal);
        await cluster.OkAsync($"wait csr/{name} --for=jsonpath={{.status.certificate}} --timeout=60s");
        var certificate = await cluster.OkAsync($"get csr {name} -o jsonpath={{.status.certificate}}");
        await space.FileAsync("u.crt", Encoding.ASCII.GetString(Convert.FromBase64String(certificate)));
        await space.FileAsync("u.key", key.ExportPkcs8PrivateKeyPem());
        var who = await Command.RunAsync(Clients.Kubectl, ["--kubeconfig=/dev/null", $"--server={cluster.Address}", "--insecure-skip-tls-verify", $"--client-certificate={space.Folder}/u.crt", $"--client-key={space.Folder}/u.key", "auth", "whoami"], environment: new Dictionary<string, string> { ["HOME"] = space.Folder });
        Assert.True(who.ExitCode == 0, who.ToString());
        Assert.Matches($@"Username +{name}\nGroups +\[devs system:authenticated\]", who.Output);
        await cluster.OkAsync($"delete csr {name}");
    }

    private async Task<CommandResult> AsAsync(Space space, string token, params string[] arguments)
    {
        Clients.Need(Clients.Kubectl);
        return await Command.RunAsync(
            Clients.Kubectl,
            ["--kubeconfig=/dev/null", $"--server={cluster.Address}", "--insecure-skip-tls-verify", $"--token={token}", "-n", space.Name, .. arguments],
            environment: new Dictionary<string, string> { ["HOME"] = space.Folder });
    }
}
