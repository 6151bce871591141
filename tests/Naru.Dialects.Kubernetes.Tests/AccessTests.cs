using System.Net;
using Naru.Core.Errors;
using Naru.Objects.Access;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Tests;

public sealed class AccessTests
{
    private const string Pods = "/api/v1/namespaces/default/pods";

    [Fact]
    public async Task Token_Wrong_Is401()
    {
        await using var host = await DialectHost.StartAsync();
        using var client = host.NewClient("wrong");

        var (answer, status) = await host.GetAsync(Pods, client: client);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(("Unauthorized", "Unauthorized"), (status.Text("message"), status.Text("reason")));
    }

    [Fact]
    public async Task Anonymous_IsForbidden_WithKubernetesWords()
    {
        await using var host = await DialectHost.StartAsync();
        using var client = host.NewClient(null);

        var (answer, status) = await host.GetAsync(Pods, client: client);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("pods is forbidden: User \"system:anonymous\" cannot list resource \"pods\" in API group \"\" in the namespace \"default\"", status.Text("message"));
    }

    [Fact]
    public async Task Anonymous_NotTaken_Is401()
    {
        await using var host = await DialectHost.StartAsync(static options => options.AnonymousAllowed = false);
        using var client = host.NewClient(null);

        var (answer, _) = await host.GetAsync(Pods, client: client);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Impersonation_Allowed_ActsAsTheOther()
    {
        await using var host = await DialectHost.StartAsync();
        host.Access.Allow = static attempt => attempt.User.Name == "system:serviceaccount:a:b" && attempt.User.Groups.Contains("system:serviceaccounts:a");

        var (answer, _) = await host.SendAsync(HttpMethod.Get, Pods, headers: [("Impersonate-User", "system:serviceaccount:a:b")]);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains(host.Access.Attempts, static one => one.Verb == "impersonate" && one.Resource == "serviceaccounts" && one.Namespace == "a" && one.Name == "b");
        Assert.Equal("system:serviceaccount:a:b", host.Access.Audited.Single().Impersonated!.Name);
    }

    [Fact]
    public async Task Impersonation_OfGroupAndExtra_AsksForEach()
    {
        await using var host = await DialectHost.StartAsync();
        using var client = host.NewClient("joe");
        host.Access.Allow = static attempt => attempt.Resource != "userextras";

        var (answer, status) = await host.SendAsync(HttpMethod.Get, Pods, client: client, headers: [("Impersonate-User", "x"), ("Impersonate-Group", "g"), ("Impersonate-Extra-Scopes", "s")]);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("cannot impersonate resource \"userextras/scopes\" in API group \"authentication.k8s.io\"", status.Text("message"), StringComparison.Ordinal);
        Assert.Contains(host.Access.Attempts, static one => one.Resource == "groups" && one.Name == "g");
    }

    [Fact]
    public async Task Audit_OfWrite_GetsBodies()
    {
        await using var host = await DialectHost.StartAsync();
        host.Access.Level = AuditLevel.RequestResponse;

        await host.SendAsync(HttpMethod.Post, Pods, """{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"}}""");

        var entry = Assert.Single(host.Access.Audited);
        await Naru.Testing.Running.Eventually.BecomesAsync(() => entry.Code == 201, "it came so");
        Assert.NotNull(entry.Body);
        Assert.NotNull(entry.Answer);
        Assert.Equal("allow", entry.Annotations["authorization.k8s.io/decision"]);
    }

    [Fact]
    public async Task Audit_OfARefusedWrite_KeepsWhatAdmissionSaid()
    {
        await using var host = await DialectHost.StartAsync();
        host.Access.Level = AuditLevel.Metadata;
        host.Cluster.Before = static (call, _) =>
        {
            call.AuditAnnotations["p/size"] = "7";
            throw new NaruException(ErrorKind.PermissionDenied, "no");
        };

        await host.SendAsync(HttpMethod.Post, Pods, """{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"}}""");

        var entry = Assert.Single(host.Access.Audited);
        await Naru.Testing.Running.Eventually.BecomesAsync(() => entry.Code == 403, "it came so");
        Assert.Equal("7", entry.Annotations["p/size"]);
    }

    [Fact]
    public async Task Resource_ThatIsDeprecated_WarnsEverybody()
    {
        await using var host = await DialectHost.StartAsync();

        var (answer, _) = await host.GetAsync("/api/v1/namespaces/a/endpoints");

        Assert.Contains("v1 Endpoints is deprecated in v1.33+", answer.Headers.GetValues("Warning").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_OfOneObject_IsAuthorisedByItsName()
    {
        await using var host = await DialectHost.StartAsync();

        await host.GetAsync(Pods + "?fieldSelector=metadata.name%3Dx");

        Assert.Equal("x", host.Access.Attempts.Last().Name);
    }
}
