using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Naru.Controllers.Tests.Nodes;
using Naru.Objects.Access;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Controllers.Tests.Certificates;

public sealed class CertificateTests
{
    private const string Client = "kubernetes.io/kube-apiserver-client";
    private const string KubeletClient = "kubernetes.io/kube-apiserver-client-kubelet";
    private const string Serving = "kubernetes.io/kubelet-serving";
    private static readonly GroupResource Requests = new("certificates.k8s.io", "certificatesigningrequests");
    private static readonly GroupResource Secrets = new("", "secrets");
    private static readonly GroupResource Maps = new("", "configmaps");
    private readonly FakeAccess _access = new();

    [Fact]
    public async Task Request_OfBootstrapTokenForANode_IsApprovedAndSigned()
    {
        _access.Allowed.Add("system:bootstrap:abc nodeclient");
        await using var harness = await StartAsync();
        await RequestAsync(harness, KubeletClient, "system:bootstrap:abc", "CN=system:node:n, O=system:nodes", ["digital signature", "client auth"]);

        Assert.Equal("Approved AutoApproved", Conditions(harness));
        Assert.Equal("signed for digital signature, client auth for 365.00:00:00", Certificate(harness));
    }

    [Fact]
    public async Task Request_OfNodeForItself_NeedsItsOwnPermission()
    {
        _access.Allowed.Add("system:node:n selfnodeclient");
        await using var harness = await StartAsync();
        await RequestAsync(harness, KubeletClient, "system:node:n", "CN=system:node:n, O=system:nodes", ["client auth"]);
        await RequestAsync(harness, KubeletClient, "system:node:n", "CN=system:node:other, O=system:nodes", ["client auth"], "other");

        Assert.Equal("Approved AutoApproved", Conditions(harness));
        Assert.Equal("", Conditions(harness, "other"));
    }

    [Theory]
    [InlineData("CN=system:node:n, O=system:masters", "client auth")]
    [InlineData("CN=somebody, O=system:nodes", "client auth")]
    [InlineData("CN=system:node:n, O=system:nodes", "client auth,server auth")]
    [InlineData("CN=system:node:n, O=system:nodes", "digital signature")]
    public async Task Request_NotOfANodesForm_IsNotApproved(string subject, string usages)
    {
        _access.Allowed.Add("u nodeclient");
        await using var harness = await StartAsync();
        await RequestAsync(harness, KubeletClient, "u", subject, usages.Split(','));

        Assert.Equal("", Conditions(harness));
    }

    [Fact]
    public async Task Request_PermissionComesLater_IsApprovedThen()
    {
        await using var harness = await StartAsync();
        await RequestAsync(harness, KubeletClient, "u", "CN=system:node:n, O=system:nodes", ["client auth"]);
        _access.Allowed.Add("u nodeclient");
        await harness.AdvanceAsync(TimeSpan.FromSeconds(61));

        Assert.Equal("Approved AutoApproved", Conditions(harness));
    }

    [Fact]
    public async Task Request_OfClient_IsSignedOnlyWhenApproved()
    {
        await using var harness = await StartAsync();
        await RequestAsync(harness, Client, "u", "CN=somebody", ["client auth"], expiration: 3600);
        Assert.Null(Certificate(harness));

        await ApproveAsync(harness, "r");
        Assert.Equal("signed for client auth for 01:00:00", Certificate(harness));
    }

    [Theory]
    [InlineData(Client, "CN=a", "server auth", "", "usages did not match client auth")]
    [InlineData(Client, "CN=a", "client auth,cert sign", "", "usage \"cert sign\" is not allowed")]
    [InlineData(Serving, "CN=system:node:n, O=system:nodes", "server auth", "", "DNS or IP subjectAltName is required")]
    [InlineData(Serving, "CN=system:node:n, O=system:nodes", "client auth", "host", "usages did not match server auth")]
    [InlineData(Serving, "CN=system:node:n", "server auth", "host", "subject organization is not system:nodes")]
    [InlineData(Serving, "CN=system:node:n, O=system:nodes", "server auth", "host,mail", "email and URI subjectAltNames are not allowed")]
    [InlineData(KubeletClient, "CN=system:node:n, O=system:nodes", "client auth", "host", "DNS and IP subjectAltNames are not allowed")]
    public async Task Request_ApprovedButNotTheSigners_Fails(string signer, string subject, string usages, string names, string why)
    {
        await using var harness = await StartAsync();
        await RequestAsync(harness, signer, "u", subject, usages.Split(','), names: names);
        await ApproveAsync(harness, "r");

        Assert.Equal("Approved Test, Failed SignerValidationFailure", Conditions(harness));
        Assert.Equal(why, harness.Get(Requests, "", "r").Maps("status", "conditions").Last().Text("message"));
        Assert.Null(Certificate(harness));
    }

    [Fact]
    public async Task Request_OfKubeletServer_IsSigned()
    {
        await using var harness = await StartAsync();
        await RequestAsync(harness, Serving, "system:node:n", "CN=system:node:n, O=system:nodes", ["digital signature", "server auth"], names: "host,address");
        await ApproveAsync(harness, "r");

        Assert.NotNull(Certificate(harness));
    }

    [Fact]
    public async Task Request_ToSomebodyElsesSigner_IsLeftAlone()
    {
        await using var harness = await StartAsync();
        await RequestAsync(harness, "example.com/mine", "u", "CN=a", ["server auth"]);
        await ApproveAsync(harness, "r");

        Assert.Equal("Approved Test", Conditions(harness));
        Assert.Null(Certificate(harness));
    }

    [Fact]
    public async Task Requests_DoneWithOrForgotten_AreCleanedAway()
    {
        await using var harness = await StartAsync();
        await RequestAsync(harness, Client, "u", "CN=a", ["client auth"]);
        await ApproveAsync(harness, "r");
        await RequestAsync(harness, Client, "u", "CN=a", ["client auth"], "pending");
        await harness.AdvanceAsync(TimeSpan.FromMinutes(59));
        Assert.NotNull(harness.Find(Requests, "", "r"));

        await harness.AdvanceAsync(TimeSpan.FromMinutes(2));
        Assert.Null(harness.Find(Requests, "", "r"));
        await harness.AdvanceAsync(TimeSpan.FromHours(22));
        Assert.NotNull(harness.Find(Requests, "", "pending"));
        await harness.AdvanceAsync(TimeSpan.FromHours(2));
        Assert.Null(harness.Find(Requests, "", "pending"));
    }

    [Fact]
    public async Task BootstrapToken_Ends_IsDeleted()
    {
        await using var harness = await StartAsync();
        await TokenAsync(harness, "abcdef", "2026-01-01T00:10:00Z");
        await TokenAsync(harness, "ever00", null);
        await TokenAsync(harness, "broken", "soon");
        Assert.NotNull(harness.Find(Secrets, "kube-system", "bootstrap-token-abcdef"));
        Assert.Null(harness.Find(Secrets, "kube-system", "bootstrap-token-broken"));

        await harness.AdvanceAsync(TimeSpan.FromMinutes(11));
        Assert.Null(harness.Find(Secrets, "kube-system", "bootstrap-token-abcdef"));
        Assert.NotNull(harness.Find(Secrets, "kube-system", "bootstrap-token-ever00"));
    }

    [Fact]
    public async Task ClusterInfo_IsSignedByEachTokenWhileItLives()
    {
        await using var harness = await StartAsync();
        await harness.CreateAsync(Maps, """{"metadata":{"name":"cluster-info","namespace":"kube-public"},"data":{"kubeconfig":"words"}}""");
        await TokenAsync(harness, "abcdef", null);

        var signature = harness.Get(Maps, "kube-public", "cluster-info").Text("data", "jws-kubeconfig-abcdef")!.Split('.');
        var signed = Encoding.UTF8.GetBytes($"{signature[0]}.{System.Buffers.Text.Base64Url.EncodeToString("words"u8)}");
        Assert.Equal(("", System.Buffers.Text.Base64Url.EncodeToString(HMACSHA256.HashData("secret"u8, signed))), (signature[1], signature[2]));

        await harness.DeleteAsync(Secrets, "kube-system", "bootstrap-token-abcdef");
        Assert.Null(harness.Get(Maps, "kube-public", "cluster-info").Text("data", "jws-kubeconfig-abcdef"));
    }

    private Task<NodeHarness> StartAsync() => NodeHarness.StartAsync(more: services => services.AddSingleton<IAuthorizer>(_access).AddSingleton<IClusterCertificates>(_access));

    private static Task RequestAsync(NodeHarness harness, string signer, string user, string subject, string[] usages, string name = "r", string names = "", long? expiration = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        if (names.Length > 0)
        {
            var builder = new SubjectAlternativeNameBuilder();
            if (names.Contains("host", StringComparison.Ordinal))
            {
                builder.AddDnsName("n.example.com");
            }

            if (names.Contains("address", StringComparison.Ordinal))
            {
                builder.AddIpAddress(IPAddress.Loopback);
            }

            if (names.Contains("mail", StringComparison.Ordinal))
            {
                builder.AddEmailAddress("a@example.com");
            }

            request.CertificateExtensions.Add(builder.Build());
        }

        var body = new MapValue
        {
            ["metadata"] = new MapValue { ["name"] = name },
            ["spec"] = new MapValue
            {
                ["signerName"] = signer,
                ["username"] = user,
                ["usages"] = new ListValue(usages.Select(static one => (Value)one)),
                ["request"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(request.CreateSigningRequestPem())),
            },
        };
        if (expiration is { } seconds)
        {
            body.Map("spec")!["expirationSeconds"] = seconds;
        }

        return CreateAsync(harness, body);
    }

    private static async Task CreateAsync(NodeHarness harness, MapValue body)
    {
        await harness.Objects.CreateAsync(Requests, body, NodeHarness.Write, CancellationToken.None);
        await harness.SettleAsync();
    }

    private static Task ApproveAsync(NodeHarness harness, string name) => harness.ChangeAsync(
        Requests, "", name, static tree => tree.MakeMap("status").MakeList("conditions").Add(new MapValue { ["type"] = "Approved", ["status"] = "True", ["reason"] = "Test" }), NodeHarness.Status);

    private static Task TokenAsync(NodeHarness harness, string id, string? end)
    {
        var data = new MapValue { ["token-id"] = Encode(id), ["token-secret"] = Encode("secret"), ["usage-bootstrap-signing"] = Encode("true") };
        if (end is not null)
        {
            data["expiration"] = Encode(end);
        }

        return harness.CreateAsync(Secrets, Encoding.UTF8.GetString(Naru.Testing.Objects.TreeJson.Write(new MapValue
        {
            ["metadata"] = new MapValue { ["name"] = $"bootstrap-token-{id}", ["namespace"] = "kube-system" },
            ["type"] = "bootstrap.kubernetes.io/token",
            ["data"] = data,
        })));
    }

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Conditions(NodeHarness harness, string name = "r") =>
        string.Join(", ", harness.Get(Requests, "", name).Maps("status", "conditions").Select(static one => $"{one.Text("type")} {one.Text("reason")}"));

    private static string? Certificate(NodeHarness harness) =>
        harness.Get(Requests, "", "r").Text("status", "certificate") is { } text ? Encoding.UTF8.GetString(Convert.FromBase64String(text)) : null;
}
