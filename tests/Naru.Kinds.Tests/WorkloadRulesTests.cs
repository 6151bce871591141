using Naru.Objects.Values;

namespace Naru.Kinds.Tests;

public sealed class WorkloadRulesTests
{
    private const string Template = "'template':{'metadata':{'labels':{'app':'x'}},'spec':{'containers':[{'name':'c','image':'i'}]}}";

    private static string Deployment(string spec) => $"{{'apiVersion':'apps/v1','kind':'Deployment','metadata':{{'name':'d','namespace':'n'}},'spec':{{{Template},{spec}}}}}";

    [Fact]
    public void Deployment_Defaults_AreKubernetesOnes()
    {
        var spec = (Naru.Objects.Values.MapValue)Bodies.Defaulted(Deployment("'selector':{'matchLabels':{'app':'x'}}"))["spec"]!;

        Assert.Equal("1", spec["replicas"]!.ToString());
        Assert.Equal("600", spec["progressDeadlineSeconds"]!.ToString());
        Assert.Equal("10", spec["revisionHistoryLimit"]!.ToString());
    }

    [Theory]
    [InlineData("Deployment", "old")]
    [InlineData("ReplicaSet", "new")]
    public void Status_WrittenWithOtherLabels_OnlyADeploymentKeepsItsOwn(string kind, string label)
    {
        MapValue With(string value) => Bodies.Parse($"{{'apiVersion':'apps/v1','kind':'{kind}','metadata':{{'name':'d','namespace':'n','labels':{{'l':'{value}'}}}},'spec':{{{Template}}}}}");
        var (old, wished) = (With("old"), With("new"));

        Bodies.Rules(wished).PrepareSubresource("status", wished, old);

        Assert.Equal(label, wished.Text("metadata", "labels", "l"));
    }

    [Fact]
    public void Deployment_Good_BreaksNothing() => Assert.Empty(Bodies.Broken(Deployment("'selector':{'matchLabels':{'app':'x'}}")));

    [Theory]
    [InlineData("data", "")]
    [InlineData("other", "spec.template.spec.containers[0].volumeMounts[0].name: Not found: \"other\"")]
    public void StatefulSet_MountsItsClaims_OnlyThose(string mounted, string broken) =>
        Assert.Equal(
            broken,
            string.Join(';', Bodies.Broken(
                "{'apiVersion':'apps/v1','kind':'StatefulSet','metadata':{'name':'s','namespace':'n'},'spec':{'serviceName':'s','selector':{'matchLabels':{'app':'x'}},"
                + "'volumeClaimTemplates':[{'metadata':{'name':'data'},'spec':{'accessModes':['ReadWriteOnce'],'resources':{'requests':{'storage':'1Gi'}}}}],"
                + "'template':{'metadata':{'labels':{'app':'x'}},'spec':{'containers':[{'name':'c','image':'i','volumeMounts':[{'name':'" + mounted + "','mountPath':'/d'}]}]}}}}")));

    [Fact]
    public void Deployment_SelectorThatMissesItsTemplate_IsRefused() =>
        Assert.Equal(
            ["spec.template.metadata.labels: Invalid value: {\"app\":\"x\"}: `selector` does not match template `labels`"],
            Bodies.Broken(Deployment("'selector':{'matchLabels':{'app':'y'}}")));

    [Fact]
    public void Deployment_SelectorChanged_IsRefused() =>
        Assert.Contains(
            "spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"y\"}}: field is immutable",
            Bodies.BrokenChange(Deployment("'selector':{'matchLabels':{'app':'x'}}"), Deployment("'selector':{'matchLabels':{'app':'y'}}")));

    [Theory]
    [InlineData("{'apiVersion':'v1','kind':'Service','metadata':{'name':'s','namespace':'n'},'spec':{}}", "spec.ports: Required value")]
    [InlineData("{'apiVersion':'batch/v1','kind':'CronJob','metadata':{'name':'s','namespace':'n'},'spec':{'schedule':'* *','jobTemplate':{'spec':{'template':{'spec':{'restartPolicy':'Never','containers':[{'name':'c','image':'i'}]}}}}}}", "spec.schedule: Invalid value: \"* *\": expected exactly 5 fields, found 2: [* *]")]
    [InlineData("{'apiVersion':'scheduling.k8s.io/v1','kind':'PriorityClass','metadata':{'name':'p'},'value':2000000000}", "value: Forbidden: maximum allowed value of a user defined priority is 1000000000")]
    [InlineData("{'apiVersion':'rbac.authorization.k8s.io/v1','kind':'Role','metadata':{'name':'r','namespace':'n'},'rules':[{'apiGroups':[''],'resources':['pods']}]}", "rules[0].verbs: Required value: verbs must contain at least one value")]
    [InlineData("{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'a.b'}}", "metadata.name: Invalid value: \"a.b\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')")]
    public void Objects_BrokenOnes_AreRefusedInKubernetesWords(string body, string broken) => Assert.Equal([broken], Bodies.Broken(body));

    [Fact]
    public void Secret_Immutable_KeepsItsData() =>
        Assert.Equal(
            ["data: Forbidden: field is immutable when `immutable` is set"],
            Bodies.BrokenChange(
                "{'apiVersion':'v1','kind':'Secret','metadata':{'name':'s','namespace':'n'},'immutable':true,'data':{'a':'YQ=='}}",
                "{'apiVersion':'v1','kind':'Secret','metadata':{'name':'s','namespace':'n'},'immutable':true,'data':{'a':'Yg=='}}"));

    [Theory]
    [InlineData("'10.0.0.0/16','fd00::/112'", true)]
    [InlineData("'10.0.0.0/16'", true)]
    [InlineData("'fd00::/112','10.0.0.0/16'", false)]
    [InlineData("'10.1.0.0/16'", false)]
    public void ServiceRange_OfOneFamily_MayGetTheOtherAndNothingElse(string ranges, bool holds) => Assert.Equal(
        holds,
        Bodies.BrokenChange(
            "{'apiVersion':'networking.k8s.io/v1','kind':'ServiceCIDR','metadata':{'name':'a'},'spec':{'cidrs':['10.0.0.0/16']}}",
            "{'apiVersion':'networking.k8s.io/v1','kind':'ServiceCIDR','metadata':{'name':'a'},'spec':{'cidrs':[" + ranges + "]}}").Length == 0);

    [Fact]
    public void Slice_EmptyListsAndNone_AreOneObject()
    {
        const string Slice = "{'apiVersion':'discovery.k8s.io/v1','kind':'EndpointSlice','metadata':{'name':'s','namespace':'n'},'addressType':'IPv4'";

        Assert.True(Bodies.Defaulted(Slice + ",'endpoints':[],'ports':[]}").DeepEquals(Bodies.Defaulted(Slice + "}")));
    }

    [Fact]
    public void Defaults_OfEveryKind_ChangeNothingWhenRepeated() =>
        Assert.All(Bodies.Kinds.Resources, static one =>
        {
            var body = Bodies.Parse($"{{'apiVersion':'{one.Resource.ApiVersion}','kind':'{one.Kind}','metadata':{{'name':'a'}}}}");
            var rules = Bodies.Kinds.RulesOf(one.GroupVersionKind)!;
            rules.SetDefaults(body);
            var again = body.CloneMap();
            rules.SetDefaults(again);
            Assert.True(body.DeepEquals(again), one.Kind);
        });

    [Fact]
    public void Printers_OfEveryKind_HaveACellForEachColumn() =>
        Assert.All(Bodies.Kinds.Resources, static one =>
        {
            var body = Bodies.Parse($"{{'apiVersion':'{one.Resource.ApiVersion}','kind':'{one.Kind}','metadata':{{'name':'a'}}}}");
            var printer = Bodies.Kinds.PrinterOf(one.GroupVersionKind)!;
            Assert.Equal(printer.Columns.Length, printer.Cells(body, DateTimeOffset.UnixEpoch).Length);
        });

    [Theory]
    [InlineData(30080, false)]
    [InlineData(30081, true)]
    public void Service_NoLongerOnNodes_LosesThePortsThatItHadThere(int port, bool stays)
    {
        var old = Bodies.Defaulted("{'apiVersion':'v1','kind':'Service','metadata':{'name':'s','namespace':'n'},'spec':{'type':'NodePort','ports':[{'port':80,'nodePort':30080}]}}");
        var body = old.CloneMap();
        body.Map("spec")!["type"] = "ClusterIP";
        body.Maps("spec", "ports").Single()["nodePort"] = port;

        Bodies.Rules(body).PrepareUpdate(body, old);

        Assert.Equal(stays, body.Maps("spec", "ports").Single().Has("nodePort"));
    }

    [Theory]
    [InlineData("true", 0)]
    [InlineData("false", 1)]
    public void Update_OfASuspendedJob_MayChangeItsResources(string suspended, int refusals)
    {
        string Job(string cpu) => "{'apiVersion':'batch/v1','kind':'Job','metadata':{'name':'j','namespace':'n'},'spec':{'suspend':SUSPEND,'template':{'spec':{'restartPolicy':'Never','containers':[{'name':'c','image':'i','resources':{'requests':{'cpu':'CPU'}}}]}}}}"
            .Replace("SUSPEND", suspended, StringComparison.Ordinal).Replace("CPU", cpu, StringComparison.Ordinal);

        Assert.Equal(refusals, Bodies.BrokenChange(Job("1"), Job("2")).Count(static one => one.StartsWith("spec.template:", StringComparison.Ordinal)));
    }
}
