using Naru.Core.Errors;
using Naru.Objects.Admission;
using Naru.Objects.Resources;
using Naru.Objects.Values;
using static Naru.Admission.Tests.AdmissionFixture;

namespace Naru.Admission.Tests;

/// <summary>Webhooks over HTTPS.</summary>
public sealed class WebhookTests
{
    private static readonly GroupResource Mutating = new("admissionregistration.k8s.io", "mutatingwebhookconfigurations");
    private static readonly GroupResource Validating = new("admissionregistration.k8s.io", "validatingwebhookconfigurations");
    private static readonly GroupResource Maps = new("", "configmaps");

    [Fact]
    public async Task Mutating_WithAPatch_ChangesTheObject()
    {
        await using var server = await WebhookServer.StartAsync();
        using var admission = await new AdmissionFixture().WithNamespaceAsync();
        server.Answer = static (_, _) => Map($"{{'allowed':true,'patchType':'JSONPatch','patch':'{WebhookServer.Patch("[{'op':'add','path':'/data/b','value':'2'}]")}','warnings':['mind the b'],'auditAnnotations':{{'k':'v'}}}}");
        await admission.MakeAsync(Mutating, Configuration(server, "/mutate"));

        var request = await admission.CreateAsync(Maps, ConfigMap());

        Assert.Equal("2", request.Object!.Text("data", "b"));
        Assert.Equal(["mind the b"], request.Warnings.Texts);
        Assert.Equal("v", request.AuditAnnotations["hook.example.com/k"]);
        var review = Assert.Single(server.Asked).Review;
        Assert.Equal("CREATE", review.Text("request", "operation"));
        Assert.Equal("configmaps", review.Text("request", "resource", "resource"));
        Assert.Equal("jane", review.Text("request", "userInfo", "username"));
        Assert.Equal("1", review.Text("request", "object", "data", "a"));
        Assert.IsType<NullValue>(review.At("request", "oldObject"));
        Assert.Equal(false, review.Boolean("request", "dryRun"));
    }

    [Fact]
    public async Task Validating_ThatRefuses_RefusesTheRequest()
    {
        await using var server = await WebhookServer.StartAsync();
        using var admission = await new AdmissionFixture().WithNamespaceAsync();
        server.Answer = static (_, _) => Map("{'allowed':false,'status':{'code':403,'message':'not today'}}");
        await admission.MakeAsync(Validating, Configuration(server, "/validate"));

        await ForbiddenAsync(admission.CreateAsync(Maps, ConfigMap()), "admission webhook \"hook.example.com\" denied the request: not today");
    }

    [Fact]
    public async Task Validating_WithoutACode_RefusesAsABadRequest()
    {
        await using var server = await WebhookServer.StartAsync();
        using var admission = await new AdmissionFixture().WithNamespaceAsync();
        server.Answer = static (_, _) => Map("{'allowed':false}");
        await admission.MakeAsync(Validating, Configuration(server, "/validate"));

        var failure = await RefusedAsync(admission.CreateAsync(Maps, ConfigMap()));

        Assert.Equal("admission webhook \"hook.example.com\" denied the request without explanation", failure.Message);
        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
    }

    [Theory]
    [InlineData("Fail", true)]
    [InlineData("Ignore", false)]
    public async Task Hanging_CostsItsTimeoutAndNoMore(string policy, bool refuses)
    {
        await using var server = await WebhookServer.StartAsync();
        using var admission = await new AdmissionFixture().WithNamespaceAsync();
        server.Hangs = true;
        await admission.MakeAsync(Validating, Configuration(server, "/hang", $"'timeoutSeconds':3,'failurePolicy':'{policy}',"));

        var call = admission.CreateAsync(Maps, ConfigMap());
        await server.FirstQuestion.WaitAsync(TimeSpan.FromSeconds(30), Token);
        Assert.False(call.IsCompleted);
        admission.Time.Advance(TimeSpan.FromSeconds(3));
        if (!refuses)
        {
            await call;
            return;
        }

        var failure = await RefusedAsync(call);
        Assert.Equal($"Internal error occurred: failed calling webhook \"hook.example.com\": failed to call webhook: Post \"https://127.0.0.1:{server.Port}/hang?timeout=3s\": context deadline exceeded", failure.Message);
        Assert.Equal(ErrorKind.Internal, failure.Kind);
    }

    [Theory]
    [InlineData(200, "{}", "webhook response was absent")]
    [InlineData(200, "not json", "json parse error")]
    [InlineData(200, "{'apiVersion':'admission.k8s.io/v1','kind':'AdmissionReview','response':{'uid':'x','allowed':true}}", "expected response.uid=")]
    [InlineData(200, "{'response':{'allowed':true}}", "expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview")]
    [InlineData(404, "", "the server could not find the requested resource")]
    [InlineData(500, "boom", "an error on the server (\"boom\") has prevented the request from succeeding")]
    [InlineData(302, "", "the server responded with the status code 302")]
    public async Task Nonsense_CountsAsAFailedCall(int code, string body, string message)
    {
        await using var server = await WebhookServer.StartAsync();
        using var admission = await new AdmissionFixture().WithNamespaceAsync();
        server.Raw = (code, body.Replace('\'', '"'));
        await admission.MakeAsync(Mutating, Configuration(server, "/"));

        var failure = await RefusedAsync(admission.CreateAsync(Maps, ConfigMap()));

        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificate_OfAnotherAuthority_IsRefused()
    {
        await using var server = await WebhookServer.StartAsync();
        await using var other = await WebhookServer.StartAsync();
        using var admission = await new AdmissionFixture().WithNamespaceAsync();
        await admission.MakeAsync(Validating, Configuration(server, "/").Replace(server.CaBundle, other.CaBundle, StringComparison.Ordinal));

        var failure = await RefusedAsync(admission.CreateAsync(Maps, ConfigMap()));

        Assert.Contains("failed calling webhook", failure.Message, StringComparison.Ordinal);
        Assert.Empty(server.Asked);
    }

    [Fact]
    public async Task Service_IsReachedByItsEndpoints()
    {
        await using var server = await WebhookServer.StartAsync("hook.infra.svc");
        using var admission = await new AdmissionFixture().WithNamespaceAsync();
        await admission.MakeAsync(new("", "services"), "{'metadata':{'name':'hook','namespace':'infra'},'spec':{'clusterIP':'10.0.0.9','selector':{'a':'b'},'ports':[{'name':'https','port':8443}]}}");
        await admission.MakeAsync(Validating, $"{{'metadata':{{'name':'c'}},'webhooks':[{{'name':'hook.example.com','sideEffects':'None','admissionReviewVersions':['v1'],'rules':[{Rule}],'clientConfig':{{'caBundle':'{server.CaBundle}','service':{{'namespace':'infra','name':'hook','path':'/check','port':8443}}}}}}]}}");

        var nobody = await RefusedAsync(admission.CreateAsync(Maps, ConfigMap()));
        await admission.MakeAsync(new("discovery.k8s.io", "endpointslices"), $"{{'metadata':{{'name':'hook-1','namespace':'infra','labels':{{'kubernetes.io/service-name':'hook'}}}},'ports':[{{'name':'https','port':{server.Port}}}],'endpoints':[{{'addresses':['127.0.0.1']}}]}}");
        await admission.CreateAsync(Maps, ConfigMap());

        Assert.Contains("no endpoints available for service \"hook\"", nobody.Message, StringComparison.Ordinal);
        Assert.Equal("/check", Assert.Single(server.Asked).Path);
    }

    [Theory]
    [InlineData("'namespaceSelector':{'matchLabels':{'on':'yes'}},", false)]
    [InlineData("'namespaceSelector':{'matchExpressions':[{'key':'on','operator':'DoesNotExist'}]},", true)]
    [InlineData("'objectSelector':{'matchLabels':{'app':'x'}},", true)]
    [InlineData("'objectSelector':{'matchLabels':{'app':'y'}},", false)]
    [InlineData("'matchConditions':[{'name':'one','expression':'object.data.a == \"1\"'}],", true)]
    [InlineData("'matchConditions':[{'name':'one','expression':'request.userInfo.username != \"jane\"'}],", false)]
    [InlineData("'matchConditions':[{'name':'one','expression':'object.data.zz == \"1\"'},{'name':'two','expression':'false'}],", false)]
    [InlineData("'matchConditions':[{'name':'one','expression':'authorizer.group(\"\").resource(\"pods\").check(\"get\").allowed()'}],", false)]
    [InlineData("'matchConditions':[{'name':'one','expression':'!authorizer.requestResource.check(\"get\").allowed()'}],", true)]
    [InlineData("'rules':[{'operations':['UPDATE'],'apiGroups':[''],'apiVersions':['v1'],'resources':['*']}],", false)]
    [InlineData("'rules':[{'operations':['*'],'apiGroups':['*'],'apiVersions':['*'],'resources':['*/*']}],", true)]
    [InlineData("'rules':[{'operations':['*'],'apiGroups':['*'],'apiVersions':['*'],'resources':['*'],'scope':'Cluster'}],", false)]
    [InlineData("'rules':[{'operations':['*'],'apiGroups':['apps'],'apiVersions':['*'],'resources':['*']}],", false)]
    [InlineData("'rules':[{'operations':['*'],'apiGroups':['*'],'apiVersions':['*'],'resources':['configmaps/status']}],", false)]
    public async Task Webhook_IsAskedWhereItMatches(string fields, bool asked)
    {
        await using var server = await WebhookServer.StartAsync();
        using var admission = await new AdmissionFixture().WithNamespaceAsync();
        await admission.MakeAsync(Validating, Configuration(server, "/", fields));

        await admission.CreateAsync(Maps, ConfigMap());

        Assert.Equal(asked ? 1 : 0, server.Asked.Count);
    }

    [Fact]
    public async Task DryRun_AtAWebhookWithSideEffects_IsRefused()
    {
        await using var server = await WebhookServer.StartAsync();
        using var admission = await new AdmissionFixture().WithNamespaceAsync();
        await admission.MakeAsync(Validating, Configuration(server, "/").Replace("'sideEffects':'None'", "'sideEffects':'Some'", StringComparison.Ordinal));

        var failure = await RefusedAsync(admission.AdmitAsync(Request(AdmissionOperation.Create, Maps, ConfigMap(), dryRun: true)));

        Assert.Equal("admission webhook \"hook.example.com\" does not support dry run", failure.Message);
        Assert.Empty(server.Asked);
    }

    [Fact]
    public async Task Mutating_WhoseObjectOthersChanged_IsAskedAgain()
    {
        await using var server = await WebhookServer.StartAsync();
        using var admission = await new AdmissionFixture().WithNamespaceAsync();
        server.Answer = static (path, request) => path == "/b" || request.Text("object", "data", "b") is not null
            ? Map($"{{'allowed':true,'patchType':'JSONPatch','patch':'{WebhookServer.Patch($"[{{'op':'add','path':'/data/{(path == "/b" ? "b" : "c")}','value':'x'}}]")}'}}")
            : Map("{'allowed':true}");
        await admission.MakeAsync(Mutating, Configuration(server, "/a", "'reinvocationPolicy':'IfNeeded',", "1"));
        await admission.MakeAsync(Mutating, Configuration(server, "/b", name: "2"));

        var request = await admission.CreateAsync(Maps, ConfigMap());

        Assert.Equal(["/a", "/b", "/a"], server.Asked.Select(static one => one.Path));
        Assert.Equal("x", request.Object!.Text("data", "c"));
    }

    [Fact]
    public async Task Configurations_AreNotAskedAboutThemselves()
    {
        await using var server = await WebhookServer.StartAsync();
        using var admission = await new AdmissionFixture().WithNamespaceAsync();
        server.Answer = static (_, _) => Map("{'allowed':false}");
        await admission.MakeAsync(Validating, Configuration(server, "/", "'rules':[{'operations':['*'],'apiGroups':['*'],'apiVersions':['*'],'resources':['*']}],"));

        await admission.AdmitAsync(Request(AdmissionOperation.Delete, Validating, null, Map("{'metadata':{'name':'c'}}"), namespaced: false));

        Assert.Empty(server.Asked);
    }

    private const string Rule = "{'operations':['*'],'apiGroups':[''],'apiVersions':['v1'],'resources':['configmaps']}";

    private static MapValue ConfigMap() => Map("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'m','namespace':'a','labels':{'app':'x'}},'data':{'a':'1'}}");

    private static string Configuration(WebhookServer server, string path, string fields = "", string name = "c") =>
        $"{{'metadata':{{'name':'{name}'}},'webhooks':[{{{(fields.Contains("'rules'", StringComparison.Ordinal) ? "" : $"'rules':[{Rule}],")}{fields.Replace("\"", "\\'", StringComparison.Ordinal)}'name':'hook.example.com','sideEffects':'None','admissionReviewVersions':['v1'],'clientConfig':{{'url':'https://127.0.0.1:{server.Port}{path}','caBundle':'{server.CaBundle}'}}}}]}}";
}
