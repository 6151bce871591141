using Naru.Objects.Values;

namespace Naru.Kinds.Tests;

public sealed class PodRulesTests
{
    private static string Pod(string spec, string container = "") =>
        $"{{'apiVersion':'v1','kind':'Pod','metadata':{{'name':'a','namespace':'b'}},'spec':{{'containers':[{{'name':'c','image':'nginx'{container}}}]{spec}}}}}";

    [Fact]
    public void Defaults_OfASimplePod_AreKubernetesOnes()
    {
        var spec = Bodies.Defaulted(Pod("")).Map("spec")!;
        var container = (MapValue)spec.List("containers")![0];

        Assert.Equal("Always", spec.Text("restartPolicy"));
        Assert.Equal("ClusterFirst", spec.Text("dnsPolicy"));
        Assert.Equal("default-scheduler", spec.Text("schedulerName"));
        Assert.Equal(30, spec.Integer("terminationGracePeriodSeconds"));
        Assert.True(spec.Boolean("enableServiceLinks"));
        Assert.Equal("Always", container.Text("imagePullPolicy"));
        Assert.Equal("/dev/termination-log", container.Text("terminationMessagePath"));
        Assert.Equal("File", container.Text("terminationMessagePolicy"));
    }

    [Theory]
    [InlineData("", "Never", 1)]
    [InlineData("", "Always", 0)]
    [InlineData(",'restartPolicy':'OnFailure'", "Never", 0)]
    [InlineData(",'restartPolicy':'Never','restartPolicyRules':[{'action':'Restart','exitCodes':{'operator':'In','values':[42]}}]", "Never", 0)]
    public void Status_ContainerThatHasEnded_RunsAgainOnlyWhereItMay(string container, string policy, int refusals)
    {
        string Body(string state) => $"{{'apiVersion':'v1','kind':'Pod','metadata':{{'name':'a','namespace':'b'}},'spec':{{'restartPolicy':'{policy}','containers':[{{'name':'c','image':'i'{container}}}]}},'status':{{'containerStatuses':[{{'name':'c','state':{{'{state}':{{}}}}}}]}}}}";

        Assert.Equal(refusals, Bodies.BrokenStatus(Body("terminated"), Body("running")).Length);
    }

    [Fact]
    public void Volume_OfAFeatureThatIsOff_LosesItsField()
    {
        var spec = Bodies.Defaulted(Pod(",'volumes':[{'name':'v','projected':{'sources':[{'clusterTrustBundle':{'name':'b','path':'p'}},{'podCertificate':{'signerName':'s','keyType':'ED25519'}},{'configMap':{'name':'c'}}]}}]")).Map("spec")!;

        Assert.Equal([0, 0, 1], spec.Maps("volumes").Single().Maps("projected", "sources").Select(static one => one.Count));
    }

    [Theory]
    [InlineData("nginx", "Always")]
    [InlineData("nginx:latest", "Always")]
    [InlineData("nginx:1.25", "IfNotPresent")]
    [InlineData("host:5000/nginx", "Always")]
    [InlineData("nginx@sha256:abc", "IfNotPresent")]
    public void Defaults_PullPolicy_FollowsTheTag(string image, string policy) =>
        Assert.Equal(policy, ((MapValue)Bodies.Defaulted(Pod("").Replace("'nginx'", $"'{image}'", StringComparison.Ordinal)).Map("spec")!.List("containers")![0]).Text("imagePullPolicy"));

    [Theory]
    [InlineData("", ",'ports':[{'containerPort':70000}]", "spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive")]
    [InlineData("", ",'volumeMounts':[{'name':'v','mountPath':'/v'}]", "spec.containers[0].volumeMounts[0].name: Not found: \"v\"")]
    [InlineData(",'restartPolicy':'Sometimes'", "", "spec.restartPolicy: Unsupported value: \"Sometimes\": supported values: \"Always\", \"OnFailure\", \"Never\"")]
    [InlineData("", ",'resources':{'requests':{'cpu':'2'},'limits':{'cpu':'1'}}", "spec.containers[0].resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit of 1")]
    [InlineData(",'hostNetwork':true,'hostnameOverride':'x'", "", "spec.hostnameOverride: Forbidden: may not be specified when `hostNetwork` is true")]
    [InlineData(",'setHostnameAsFQDN':true,'hostnameOverride':'x'", "", "spec.hostnameOverride: Forbidden: may not be specified when `setHostnameAsFQDN` is true")]
    [InlineData("", ",'env':[{'name':'A','valueFrom':{'fileKeyRef':{'volumeName':'v','path':'a','key':'A'}}}]", "spec.containers[0].env[0].valueFrom.fileKeyRef.volumeName: Not found: \"v\"")]
    [InlineData(",'volumes':[{'name':'v','hostPath':{'path':'/'}}]", ",'env':[{'name':'A','valueFrom':{'fileKeyRef':{'volumeName':'v','path':'a','key':'A'}}}]", "spec.containers[0].env[0].valueFrom.fileKeyRef.volumeName: Invalid value: \"v\": must be an emptyDir volume")]
    [InlineData(",'volumes':[{'name':'v','emptyDir':{}}]", ",'env':[{'name':'A','valueFrom':{'fileKeyRef':{'volumeName':'v','path':'../a','key':'A'}}}]", "spec.containers[0].env[0].valueFrom.fileKeyRef.path: Invalid value: \"../a\": must not contain '..'")]
    [InlineData("", ",'restartPolicy':'Never','restartPolicyRules':[{'action':'Restart'}]", "spec.containers[0].restartPolicyRules[0].exitCodes: Required value: must be specified")]
    [InlineData("", ",'livenessProbe':{}", "spec.containers[0].livenessProbe: Required value: must specify a handler type")]
    public void Validate_SaysWhatIsBroken(string spec, string container, string broken) => Assert.Equal([broken], Bodies.Broken(Pod(spec, container)));

    [Fact]
    public void Validate_GoodPod_BreaksNothing() => Assert.Empty(Bodies.Broken(Pod(",'volumes':[{'name':'v'}]", ",'volumeMounts':[{'name':'v','mountPath':'/v'}]")));

    [Fact]
    public void Update_OfTheImage_IsAllowed_AndOfTheCommandNot()
    {
        Assert.Empty(Bodies.BrokenChange(Pod(""), Pod("").Replace("nginx", "nginx:2", StringComparison.Ordinal).Replace("'image'", "'imagePullPolicy':'Always','image'", StringComparison.Ordinal)));
        Assert.StartsWith("spec: Forbidden: pod updates may not change fields other than", Assert.Single(Bodies.BrokenChange(Pod(""), Pod("", ",'command':['x']"))), StringComparison.Ordinal);
    }

    [Fact]
    public void Defaults_Twice_ChangeNothing()
    {
        var once = Bodies.Defaulted(Pod(",'volumes':[{'name':'v','secret':{'secretName':'s'}}]", ",'readinessProbe':{'httpGet':{'port':80}},'resources':{'limits':{'cpu':'1'}}"));
        var twice = once.CloneMap();
        Bodies.Rules(twice).SetDefaults(twice);

        Assert.True(once.DeepEquals(twice));
    }
}
