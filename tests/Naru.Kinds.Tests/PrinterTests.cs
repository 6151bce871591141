namespace Naru.Kinds.Tests;

public sealed class PrinterTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 1, 0, 0, TimeSpan.Zero);

    private const string Meta = "'metadata':{'name':'a','namespace':'b','creationTimestamp':'2026-01-01T00:00:00Z'}";

    [Theory]
    [InlineData("'phase':'Running','containerStatuses':[{'name':'c','ready':true,'restartCount':3,'state':{'running':{}},'lastState':{'terminated':{'finishedAt':'2026-01-01T00:55:00Z'}}}]", "1/1", "Running", "3 (5m ago)")]
    [InlineData("'phase':'Running','containerStatuses':[{'name':'c','ready':false,'restartCount':0,'state':{'waiting':{'reason':'CrashLoopBackOff'}}}]", "0/1", "CrashLoopBackOff", "0")]
    [InlineData("'phase':'Succeeded','containerStatuses':[{'name':'c','ready':false,'restartCount':0,'state':{'terminated':{'reason':'Completed'}}}]", "0/1", "Completed", "0")]
    [InlineData("'phase':'Pending','initContainerStatuses':[{'name':'i','state':{'running':{}}}]", "0/1", "Init:0/1", "0")]
    [InlineData("'phase':'Pending','initContainerStatuses':[{'name':'i','state':{'terminated':{'exitCode':2}}}]", "0/1", "Init:ExitCode:2", "0")]
    [InlineData("'phase':'Pending','conditions':[{'type':'PodScheduled','reason':'SchedulingGated'}]", "0/1", "SchedulingGated", "0")]
    public void Pods_ShowTheirWorstContainer(string status, string ready, string reason, string restarts)
    {
        var row = Bodies.Row($"{{'apiVersion':'v1','kind':'Pod',{Meta},'spec':{{'containers':[{{'name':'c'}}],'initContainers':[{{'name':'i'}}]}},'status':{{{status}}}}}", Now);

        Assert.Equal(["a", ready, reason, restarts, "60m"], row);
    }

    [Fact]
    public void Pods_BeingDeleted_AreTerminating()
    {
        var row = Bodies.Row("{'apiVersion':'v1','kind':'Pod','metadata':{'name':'a','deletionTimestamp':'2026-01-01T00:00:00Z'},'spec':{'containers':[{}]},'status':{'phase':'Running'}}", Now);

        Assert.Equal(["a", "0/1", "Terminating", "0", "<unknown>"], row);
    }

    [Theory]
    [InlineData("'apiVersion':'apps/v1','kind':'Deployment'", "'spec':{'replicas':3},'status':{'readyReplicas':2,'updatedReplicas':3,'availableReplicas':2}", "a|2/3|3|2|60m")]
    [InlineData("'apiVersion':'v1','kind':'Service'", "'spec':{'type':'NodePort','clusterIP':'10.0.0.1','ports':[{'port':80,'nodePort':30080,'protocol':'TCP'},{'port':53,'protocol':'UDP'}]}", "a|NodePort|10.0.0.1|<none>|80:30080/TCP,53/UDP|60m")]
    [InlineData("'apiVersion':'v1','kind':'Service'", "'spec':{'type':'LoadBalancer','clusterIP':'10.0.0.1','ports':[{'port':80,'protocol':'TCP'}]}", "a|LoadBalancer|10.0.0.1|<pending>|80/TCP|60m")]
    [InlineData("'apiVersion':'v1','kind':'Secret'", "'type':'Opaque','data':{'x':'','y':''}", "a|Opaque|2|60m")]
    [InlineData("'apiVersion':'v1','kind':'Namespace'", "'status':{'phase':'Active'}", "a|Active|60m")]
    [InlineData("'apiVersion':'batch/v1','kind':'Job'", "'spec':{'completions':1},'status':{'succeeded':1,'startTime':'2026-01-01T00:00:00Z','completionTime':'2026-01-01T00:00:42Z','conditions':[{'type':'Complete','status':'True'}]}", "a|Complete|1/1|42s|60m")]
    [InlineData("'apiVersion':'batch/v1','kind':'CronJob'", "'spec':{'schedule':'* * * * *'},'status':{}", "a|* * * * *|<none>|False|0|<none>|60m")]
    [InlineData("'apiVersion':'v1','kind':'Node'", "'spec':{'unschedulable':true},'status':{'conditions':[{'type':'Ready','status':'True'}],'nodeInfo':{'kubeletVersion':'v1.36.2'}}", "a|Ready,SchedulingDisabled|<none>|60m|v1.36.2")]
    [InlineData("'apiVersion':'v1','kind':'PersistentVolumeClaim'", "'spec':{'volumeName':'v','storageClassName':'s'},'status':{'phase':'Bound','capacity':{'storage':'1Gi'},'accessModes':['ReadWriteOnce']}", "a|Bound|v|1Gi|RWO|s|<unset>|60m")]
    public void Objects_ShowWhatKubectlShows(string kind, string rest, string cells) =>
        Assert.Equal(cells, string.Join('|', Bodies.Row($"{{{kind},{Meta},{rest}}}", Now)));
}
