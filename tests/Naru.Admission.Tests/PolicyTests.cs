using Naru.Core.Errors;
using Naru.Objects.Admission;
using Naru.Objects.Resources;
using Naru.Objects.Values;
using static Naru.Admission.Tests.AdmissionFixture;

namespace Naru.Admission.Tests;

/// <summary>Policies in CEL.</summary>
public sealed class PolicyTests
{
    private const string Group = "admissionregistration.k8s.io";
    private static readonly GroupResource Policies = new(Group, "validatingadmissionpolicies");
    private static readonly GroupResource Bindings = new(Group, "validatingadmissionpolicybindings");
    private static readonly GroupResource Changes = new(Group, "mutatingadmissionpolicies");
    private static readonly GroupResource ChangeBindings = new(Group, "mutatingadmissionpolicybindings");
    private static readonly GroupResource Deployments = new("apps", "deployments");

    [Theory]
    [InlineData("'validations':[{'expression':'object.spec.replicas <= 5'}]", "failed expression: object.spec.replicas <= 5")]
    [InlineData("'validations':[{'expression':'object.spec.replicas <= 5','message':'too many'}]", "too many")]
    [InlineData("'validations':[{'expression':'object.spec.replicas <= 5','messageExpression':'string(object.spec.replicas) + \" is too many\"'}]", "9 is too many")]
    [InlineData("'variables':[{'name':'n','expression':'object.spec.replicas'},{'name':'m','expression':'variables.n + 1'}],'validations':[{'expression':'variables.m != 10'}]", "failed expression: variables.m != 10")]
    [InlineData("'validations':[{'expression':'object.spec.nothing == 5'}]", "expression 'object.spec.nothing == 5' resulted in error: no such key: nothing")]
    [InlineData("'variables':[{'name':'n','expression':'1 / 0'}],'validations':[{'expression':'variables.n == 1'}]", "expression 'variables.n == 1' resulted in error: composited variable \"n\" fails to evaluate: division by zero")]
    [InlineData("'validations':[{'expression':'namespaceObject.metadata.name == \"b\"'}]", "failed expression: namespaceObject.metadata.name == \"b\"")]
    [InlineData("'validations':[{'expression':'request.operation == \"UPDATE\"'}]", "failed expression: request.operation == \"UPDATE\"")]
    [InlineData("'validations':[{'expression':'authorizer.group(\"apps\").resource(\"deployments\").namespace(\"a\").check(\"delete\").allowed()'}]", "failed expression: authorizer.group(\"apps\").resource(\"deployments\").namespace(\"a\").check(\"delete\").allowed()")]
    [InlineData("'validations':[{'expression':'lists.range(1000).all(a, lists.range(1000).all(b, a + b >= 0))'}]", "running out of cost budget")]
    [InlineData("'matchConditions':[{'name':'x','expression':'object.spec.zz == 1'}],'validations':[{'expression':'true'}]", "match condition 'x': no such key: zz")]
    [InlineData("'validations':[{'expression':'object.spec.replicas <= 9'}]", null)]
    [InlineData("'failurePolicy':'Ignore','validations':[{'expression':'object.spec.nothing == 5'}]", null)]
    [InlineData("'matchConditions':[{'name':'x','expression':'false'}],'validations':[{'expression':'false'}]", null)]
    public async Task Policy_ThatDenies_RefusesTheRequest(string spec, string? message)
    {
        using var admission = await new AdmissionFixture().WithNamespaceAsync();
        await admission.MakeAsync(Policies, Policy(spec));
        await admission.MakeAsync(Bindings, Binding("'validationActions':['Deny']"));

        var call = admission.CreateAsync(Deployments, Deployment(9));

        if (message is null)
        {
            await call;
            return;
        }

        var failure = await RefusedAsync(call);
        Assert.StartsWith("deployments.apps \"d\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.StartsWith("ValidatingAdmissionPolicy 'p'", Assert.Single(failure.Details!.Causes).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Binding_ThatWarnsAndAudits_LetsTheRequestPass()
    {
        using var admission = await new AdmissionFixture().WithNamespaceAsync();
        await admission.MakeAsync(Policies, Policy("'validations':[{'expression':'false','message':'no'}],'auditAnnotations':[{'key':'n','valueExpression':'\"replicas \" + string(object.spec.replicas)'}]"));
        await admission.MakeAsync(Bindings, Binding("'validationActions':['Warn','Audit']"));

        var request = await admission.CreateAsync(Deployments, Deployment(9));

        Assert.Equal(["Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': no"], request.Warnings.Texts);
        Assert.Equal("replicas 9", request.AuditAnnotations["p/n"]);
        Assert.Equal("[{\"message\":\"no\",\"policy\":\"p\",\"binding\":\"b\",\"expressionIndex\":0,\"validationActions\":[\"Warn\",\"Audit\"]}]", request.AuditAnnotations["validation.policy.admission.k8s.io/validation_failure"]);
    }

    [Fact]
    public async Task Reason_Forbidden_IsTold()
    {
        using var admission = await new AdmissionFixture().WithNamespaceAsync();
        await admission.MakeAsync(Policies, Policy("'validations':[{'expression':'false','reason':'Forbidden'}]"));
        await admission.MakeAsync(Bindings, Binding("'validationActions':['Deny']"));

        Assert.Equal(ErrorKind.PermissionDenied, (await RefusedAsync(admission.CreateAsync(Deployments, Deployment(1)))).Kind);
    }

    [Theory]
    [InlineData("'paramRef':{'name':'limits','parameterNotFoundAction':'Deny'}", 9, "failed expression")]
    [InlineData("'paramRef':{'name':'limits','parameterNotFoundAction':'Deny'}", 2, null)]
    [InlineData("'paramRef':{'name':'other','parameterNotFoundAction':'Deny'}", 2, "no params found for policy binding with `Deny` parameterNotFoundAction")]
    [InlineData("'paramRef':{'name':'other','parameterNotFoundAction':'Allow'}", 9, null)]
    [InlineData("'paramRef':{'selector':{'matchLabels':{'kind':'limit'}},'parameterNotFoundAction':'Deny'}", 9, "failed expression")]
    [InlineData("'paramRef':{'selector':{},'namespace':'z','parameterNotFoundAction':'Allow'}", 9, null)]
    [InlineData("'matchResources':{'objectSelector':{'matchLabels':{'not':'there'}}},'paramRef':{'name':'limits','parameterNotFoundAction':'Deny'}", 9, null)]
    public async Task Parameters_AreFoundByTheBinding(string binding, int replicas, string? message)
    {
        // The catalogue of the fixture serves deployments alone: they are the parameters too.
        using var admission = await new AdmissionFixture().WithNamespaceAsync();
        await admission.MakeAsync(Deployments, "{'metadata':{'name':'limits','namespace':'a','labels':{'kind':'limit'}},'spec':{'most':5}}");
        await admission.MakeAsync(Policies, Policy("'paramKind':{'apiVersion':'apps/v1','kind':'Deployment'},'validations':[{'expression':'object.spec.replicas <= params.spec.most'}]"));
        await admission.MakeAsync(Bindings, Binding($"'validationActions':['Deny'],{binding}"));

        var call = admission.CreateAsync(Deployments, Deployment(replicas));

        if (message is null)
        {
            await call;
        }
        else
        {
            Assert.Contains(message, (await RefusedAsync(call)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("'patchType':'ApplyConfiguration','applyConfiguration':{'expression':'Object{spec: Object.spec{replicas: object.spec.replicas + 1}}'}", 3, null)]
    [InlineData("'patchType':'JSONPatch','jsonPatch':{'expression':'[JSONPatch{op: \"replace\", path: \"/spec/replicas\", value: 7}, JSONPatch{op: \"add\", path: \"/metadata/labels\", value: {jsonpatch.escapeKey(\"l\"): \"x\"}}]'}", 7, "x")]
    [InlineData("'patchType':'ApplyConfiguration','applyConfiguration':{'expression':'Object{metadata: Object.metadata{name: \"other\", labels: {\"l\": \"y\"}}}'}", 2, "y")]
    [InlineData("'patchType':'JSONPatch','jsonPatch':{'expression':'[JSONPatch{op: \"test\", path: \"/spec/replicas\", value: 9}, JSONPatch{op: \"replace\", path: \"/spec/replicas\", value: 7}]'}", 2, null)]
    public async Task Mutation_ChangesTheObject(string mutation, int replicas, string? label)
    {
        using var admission = await new AdmissionFixture().WithNamespaceAsync();
        await admission.MakeAsync(Changes, Policy($"'reinvocationPolicy':'Never','mutations':[{{{mutation}}}]"));
        await admission.MakeAsync(ChangeBindings, Binding("'matchResources':{}"));

        var changed = (await admission.CreateAsync(Deployments, Deployment(2))).Object!;

        Assert.Equal(replicas, changed.Integer("spec", "replicas"));
        Assert.Equal(label, changed.Text("metadata", "labels", "l"));
        Assert.Equal("d", changed.Text("metadata", "name"));
        Assert.Equal("c", changed.Maps("spec", "template", "spec", "containers").Single().Text("name"));
    }

    [Fact]
    public async Task Mutation_OfAListWithKeys_AddsToIt()
    {
        using var admission = await new AdmissionFixture().WithNamespaceAsync();
        await admission.MakeAsync(Changes, Policy("'reinvocationPolicy':'Never','mutations':[{'patchType':'ApplyConfiguration','applyConfiguration':{'expression':'Object{spec: Object.spec{template: Object.spec.template{spec: Object.spec.template.spec{containers: [Object.spec.template.spec.containers{name: \"side\", image: \"s\"}]}}}}'}}]"));
        await admission.MakeAsync(ChangeBindings, Binding("'matchResources':{}"));

        var changed = (await admission.CreateAsync(Deployments, Deployment(2))).Object!;

        Assert.Equal(["c", "side"], changed.Maps("spec", "template", "spec", "containers").Select(static one => one.Text("name")!).Order());
    }

    [Theory]
    [InlineData("Object{spec: Object.spec{replicas: 1 / 0}}", "division by zero")]
    [InlineData("Object{spec: Object.spec{template: Object.spec.template{spec: Object.spec.template.spec{containers: [Object{args: [\"a\"], name: \"c\"}]}}}}", "may not mutate atomic arrays, maps or structs: .spec.template.spec.containers.args")]
    public async Task Mutation_ThatFails_RefusesTheRequest(string expression, string message)
    {
        using var admission = await new AdmissionFixture().WithNamespaceAsync();
        await admission.MakeAsync(Changes, Policy($"'reinvocationPolicy':'Never','mutations':[{{'patchType':'ApplyConfiguration','applyConfiguration':{{'expression':'{expression}'}}}}]"));
        await admission.MakeAsync(ChangeBindings, Binding("'matchResources':{}"));

        var failure = await RefusedAsync(admission.CreateAsync(Deployments, Deployment(2)));

        Assert.Contains("policy 'p' with binding 'b' denied request: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Policy_WithoutBinding_DoesNothing()
    {
        using var admission = await new AdmissionFixture().WithNamespaceAsync();
        await admission.MakeAsync(Policies, Policy("'validations':[{'expression':'false'}]"));

        await admission.CreateAsync(Deployments, Deployment(2));
    }

    [Theory]
    [InlineData("'validations':[{'expression':'object.spec.'}]", "spec.validations[0].expression: Invalid value: \"object.spec.\": compilation failed: ERROR: <input>:1:13: Syntax error")]
    [InlineData("'validations':[{'expression':'1'}]", "must evaluate to bool")]
    [InlineData("'validations':[{'expression':'params.x'}]", "undeclared reference to 'params'")]
    [InlineData("'validations':[{'expression':'variables.x'}]", "undefined field 'x'")]
    [InlineData("'validations':[{'expression':'true','messageExpression':'1'}]", "spec.validations[0].messageExpression")]
    [InlineData("'variables':[{'name':'a','expression':'variables.b'},{'name':'b','expression':'1'}]", "spec.variables[0].expression")]
    [InlineData("'matchConditions':[{'name':'a','expression':'variables.b'}]", "spec.matchConditions[0].expression")]
    public async Task Policy_WithABadExpression_IsRefusedWhenWritten(string spec, string message)
    {
        using var admission = await new AdmissionFixture().WithNamespaceAsync();

        var failure = await RefusedAsync(admission.CreateAsync(Policies, Map(Policy(spec)), namespaced: false));

        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Policy_ThatDoesNotFitItsTypes_IsWarnedAboutInItsStatus()
    {
        using var admission = await new AdmissionFixture().WithNamespaceAsync();
        await admission.MakeAsync(Policies, Policy("'validations':[{'expression':'object.spec.replicas > 1'},{'expression':'object.spec.replicaz > 1'}]"));
        var stage = admission.Stages.OfType<Naru.Admission.Policies.PolicyStatusStage>().Single();

        await stage.StartAsync(Token);
        MapValue? status = null;
        await foreach (var change in admission.Objects.WatchAsync(Policies, Token))
        {
            status = change.Object?.Tree.Map("status");
            if (status?.Has("observedGeneration") == true)
            {
                break;
            }
        }

        await stage.StopAsync(Token);
        var warning = Assert.Single(status!.Maps("typeChecking", "expressionWarnings"));
        Assert.Equal("spec.validations[1].expression", warning.Text("fieldRef"));
        Assert.StartsWith("apps/v1, Kind=Deployment: ERROR: <input>:1:12: undefined field 'replicaz'", warning.Text("warning"), StringComparison.Ordinal);
    }

    private static string Escape(string text) => text.Replace("\"", "\\'", StringComparison.Ordinal);

    private static string Policy(string spec) =>
        Escape($"{{'metadata':{{'name':'p','generation':1}},'spec':{{{(spec.Contains("failurePolicy", StringComparison.Ordinal) ? "" : "'failurePolicy':'Fail',")}'matchConstraints':{{'resourceRules':[{{'operations':['*'],'apiGroups':['apps'],'apiVersions':['v1'],'resources':['deployments']}}]}},{spec}}}}}");

    private static string Binding(string spec) => $"{{'metadata':{{'name':'b'}},'spec':{{'policyName':'p',{spec}}}}}";

    private static MapValue Deployment(int replicas) =>
        Map($"{{'apiVersion':'apps/v1','kind':'Deployment','metadata':{{'name':'d','namespace':'a'}},'spec':{{'replicas':{replicas},'template':{{'spec':{{'containers':[{{'name':'c','image':'i'}}]}}}}}}}}");
}
