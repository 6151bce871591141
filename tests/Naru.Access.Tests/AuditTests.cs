using System.Text;
using Naru.Access.Auditing;
using Naru.Core.Errors;
using Naru.Objects.Access;
using Naru.Objects.Values;
using Naru.Testing;

namespace Naru.Access.Tests;

public sealed class AuditTests
{
    private const string Policy = """
        apiVersion: audit.k8s.io/v1
        kind: Policy
        omitStages: [RequestReceived]
        omitManagedFields: true
        rules:
        - level: None
          users: ["system:kube-proxy"]
          verbs: ["watch"]
        - level: None
          nonResourceURLs: ["/healthz*"]
        - level: Metadata
          resources:
          - group: ""
            resources: ["secrets", "pods/*"]
        - level: RequestResponse
          namespaces: ["a"]
        - level: Request
          userGroups: ["devs"]
        """;

    [Theory]
    [InlineData("system:kube-proxy", "watch", "services", "", "b", null)]
    [InlineData("system:kube-proxy", "list", "services", "", "b", null)]
    [InlineData("jane", "get", "secrets", "", "a", AuditLevel.Metadata)]
    [InlineData("jane", "get", "pods", "log", "a", AuditLevel.Metadata)]
    [InlineData("jane", "get", "pods", "", "a", AuditLevel.RequestResponse)]
    [InlineData("dev", "get", "pods", "", "b", AuditLevel.Request)]
    [InlineData("jane", "get", "pods", "", "b", null)]
    public void Policy_FirstRuleThatMatches_SaysHowMuch(string user, string verb, string resource, string subresource, string @namespace, AuditLevel? level)
    {
        using var directory = new TempDirectory();
        var policy = Load(directory, Policy);

        var rule = policy.RuleFor(AccessFixture.Attempt(AccessFixture.User(user, user == "dev" ? "devs" : "x"), verb, resource, @namespace, "n", "", subresource));

        Assert.Equal(level, rule?.Level);
    }

    [Theory]
    [InlineData("kind: Policy\napiVersion: audit.k8s.io/v1\nrules: [{level: Everything}]")]
    [InlineData("kind: Policy\napiVersion: audit.k8s.io/v1beta1\nrules: [{level: None}]")]
    [InlineData("kind: Policy\napiVersion: audit.k8s.io/v1\nrules: []")]
    [InlineData("- 1")]
    [InlineData("{{{")]
    public void Policy_ThatCannotBeRead_IsRefused(string text)
    {
        using var directory = new TempDirectory();

        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<NaruException>(() => Load(directory, text)).Kind);
    }

    [Fact]
    public async Task Request_FromBeginningToEnd_IsALineForEachStage()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(Path.Combine(directory.Path, "policy"), Policy);
        var log = Path.Combine(directory.Path, "logs", "audit.log");
        using var access = new AccessFixture(new AccessOptions { AuditPolicyFile = Path.Combine(directory.Path, "policy"), AuditLogFile = log });
        var stage = new AuditStage(access.Get<AuditWriter>());
        await stage.StartAsync(TestContext.Current.CancellationToken);
        var attempt = AccessFixture.Attempt(AccessFixture.User("jane", "devs"), "create", "configmaps", "a", "c");

        var entry = access.Get<IAudit>().Begin(new AuditRequest { Attempt = attempt, Uri = "/api/v1/namespaces/a/configmaps", UserAgent = "kubectl", SourceAddresses = ["127.0.0.1"] })!;
        entry.SetRequest(Trees.Map("{'metadata':{'name':'c','managedFields':[]},'data':{'k':'v'}}"));
        entry.SetImpersonated(AccessFixture.User("joe"));
        entry.Annotate("authorization.k8s.io/decision", "allow");
        entry.ResponseStarted(200);
        access.Time.Advance(TimeSpan.FromSeconds(1));
        entry.Complete(409, Trees.Map("{'status':'Failure','reason':'AlreadyExists','message':'m','code':409}"), Trees.Map("{'x':1}"));
        entry.Complete(200, null, null);
        Assert.Null(access.Get<IAudit>().Begin(new AuditRequest { Attempt = new AccessAttempt { User = attempt.User, Verb = "get", Path = "/healthz/ping" }, Uri = "/healthz/ping" }));
        await stage.StopAsync(TestContext.Current.CancellationToken);

        var lines = File.ReadAllLines(log).Select(static line => Trees.Map(line)).ToList();
        Assert.Equal(["ResponseStarted", "ResponseComplete"], lines.Select(static line => line.Text("stage")));
        var last = lines[1];
        Assert.Equal("RequestResponse", last.Text("level"));
        Assert.Equal(entry.Id, last.Text("auditID"));
        Assert.Equal(409, last.Integer("responseStatus", "code"));
        Assert.Equal("AlreadyExists", last.Text("responseStatus", "reason"));
        Assert.Equal("joe", last.Text("impersonatedUser", "username"));
        Assert.Equal("c", last.Text("objectRef", "name"));
        Assert.Equal("v", last.Text("requestObject", "data", "k"));
        Assert.Null(last.At("requestObject", "metadata", "managedFields"));
        Assert.Equal(1, last.Integer("responseObject", "x"));
        Assert.Equal("allow", last.Text("annotations", "authorization.k8s.io/decision"));
        Assert.Equal("2026-11-25T12:00:01.000000Z", last.Text("stageTimestamp"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(log));
    }

    [Fact]
    public void File_ThatGrows_IsTurnedOver()
    {
        using var directory = new TempDirectory();
        var path = Path.Combine(directory.Path, "audit.log");
        using (var file = new AuditFile(path, size: 10, files: 2))
        {
            foreach (var line in new[] { "111111\n", "222222\n", "333333\n", "444444\n" })
            {
                file.Write(System.Text.Encoding.ASCII.GetBytes(line));
            }
        }

        Assert.Equal("444444\n", File.ReadAllText(path));
        Assert.Equal("333333\n", File.ReadAllText($"{path}.1"));
        Assert.Equal("222222\n", File.ReadAllText($"{path}.2"));
        Assert.Equal(3, Directory.GetFiles(directory.Path).Length);
    }

    [Fact]
    public void Writer_ThatIsNotRunning_DropsWhatIsTooMuch()
    {
        using var access = new AccessFixture();
        var writer = access.Get<AuditWriter>();

        for (var number = 0; number < 10_005; number++)
        {
            writer.Write(Encoding.UTF8.GetBytes($"{number}\n"));
        }

        Assert.Equal(5, writer.Dropped);
    }

    private static AuditPolicy Load(TempDirectory directory, string text)
    {
        File.WriteAllText(Path.Combine(directory.Path, "policy"), text);
        return AuditPolicy.Load(Path.Combine(directory.Path, "policy"));
    }
}
