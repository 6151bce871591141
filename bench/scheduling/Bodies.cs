using System.Text;

namespace Naru.Scheduling.Bench;

/// <summary>Objects of about the size that they have in a cluster.</summary>
internal static class Bodies
{
    public static byte[] Node(int number) => Encoding.UTF8.GetBytes($$$"""
        {"apiVersion":"v1","kind":"Node","metadata":{"name":"node-{{{number}}}","uid":"node-uid-{{{number}}}","labels":{"kubernetes.io/hostname":"node-{{{number}}}","topology.kubernetes.io/zone":"zone-{{{number % 10}}}"} },"spec":{},"status":{"allocatable":{"cpu":"4","memory":"32Gi","pods":"110"},"conditions":[{"type":"Ready","status":"True"}]}}
        """);

    public static byte[] Pod(int number, string kind) => Encoding.UTF8.GetBytes($$$"""
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"pod-{{{number}}}","generateName":"pod-","namespace":"bench","uid":"pod-uid-{{{number}}}","resourceVersion":"{{{number + 1}}}","creationTimestamp":"2026-01-01T00:00:00Z","labels":{"app":"{{{App(number, kind)}}}"},"managedFields":[{"manager":"bench","operation":"Update","apiVersion":"v1","time":"2026-01-01T00:00:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:generateName":{},"f:labels":{".":{},"f:app":{} } },"f:spec":{"f:containers":{"k:{\"name\":\"pause\"}":{".":{},"f:image":{},"f:name":{},"f:resources":{".":{},"f:requests":{".":{},"f:cpu":{},"f:memory":{} } } } } } } }]},"spec":{"volumes":[{"name":"kube-api-access-{{{number}}}","projected":{"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"} }],"defaultMode":420} }],"containers":[{"name":"pause","image":"registry.k8s.io/pause:3.10","ports":[{"containerPort":80,"protocol":"TCP"}],"resources":{"requests":{"cpu":"100m","memory":"500Mi"} },"terminationMessagePath":"/dev/termination-log","imagePullPolicy":"IfNotPresent"}],"restartPolicy":"Always","terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","serviceAccountName":"default","securityContext":{},"schedulerName":"default-scheduler"{{{Spec(number, kind)}}},"tolerations":[{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300},{"key":"node.kubernetes.io/unreachable","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}],"priority":0,"enableServiceLinks":true,"preemptionPolicy":"PreemptLowerPriority"},"status":{"phase":"Pending","qosClass":"Burstable"}}
        """);

    private static string App(int number, string kind) => kind == "plain" ? "plain" : $"app-{number % 50}";

    private static string Spec(int number, string kind) => kind switch
    {
        "affinity" => $$$""","affinity":{"podAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"labelSelector":{"matchLabels":{"app":"{{{App(number, kind)}}}"} },"topologyKey":"topology.kubernetes.io/zone"}]} }""",
        "anti-affinity" => $$$""","affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"labelSelector":{"matchLabels":{"app":"{{{App(number, kind)}}}"} },"topologyKey":"kubernetes.io/hostname"}]} }""",
        "spread" => $$$""","topologySpreadConstraints":[{"maxSkew":5,"topologyKey":"topology.kubernetes.io/zone","whenUnsatisfiable":"DoNotSchedule","labelSelector":{"matchLabels":{"app":"{{{App(number, kind)}}}"} } }]""",
        _ => "",
    };
}
