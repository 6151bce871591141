using System.Text;

namespace Naru.Cluster.Bench.Load;

/// <summary>What is sent: nodes as a kubelet reports them, pods as kubectl makes them.</summary>
internal static class Bodies
{
    public const string Label = "naru-bench";

    public static byte[] Namespace(string name) => Utf8($$$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"{{{name}}}"} }""");

    public static byte[] Node(string name, int number) => Utf8($$$"""
        {"apiVersion":"v1","kind":"Node","metadata":{"name":"{{{name}}}","labels":{"{{{Label}}}":"node","kubernetes.io/hostname":"{{{name}}}","topology.kubernetes.io/zone":"zone-{{{number % 10}}}"} },"spec":{} }
        """);

    public static byte[] NodeStatus(DateTime now) => Utf8($$$"""
        {"status":{"capacity":{"cpu":"32","memory":"64Gi","pods":"110"},"allocatable":{"cpu":"32","memory":"64Gi","pods":"110"},"conditions":[{"type":"Ready","status":"True","reason":"KubeletReady","message":"faked by bench/cluster","lastHeartbeatTime":"{{{now:yyyy-MM-ddTHH:mm:ssZ}}}","lastTransitionTime":"{{{now:yyyy-MM-ddTHH:mm:ssZ}}}"}]} }
        """);

    public static byte[] Lease(string name, DateTime now) => Utf8($$$"""
        {"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"{{{name}}}","namespace":"kube-node-lease"},"spec":{"holderIdentity":"{{{name}}}","leaseDurationSeconds":40,"renewTime":"{{{now:yyyy-MM-ddTHH:mm:ss.ffffffZ}}}"} }
        """);

    public static byte[] Renewal(DateTime now) => Utf8($$$"""{"spec":{"renewTime":"{{{now:yyyy-MM-ddTHH:mm:ss.ffffffZ}}}"} }""");

    /// <summary>A pod. <paramref name="kind"/>: plain, affinity (to the others of its app in a zone), spread (over zones), placed (on the node of its number), or unscheduled (nobody places it).</summary>
    public static byte[] Pod(string name, int number, string kind) => Utf8($$$"""
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}","labels":{"app":"{{{App(number, kind)}}}","{{{Label}}}":"pod"} },"spec":{ {{{Placing(number, kind)}}}"containers":[{"name":"main","image":"registry.k8s.io/pause:3.10","resources":{"requests":{"cpu":"10m","memory":"10Mi"} } }]} }
        """);

    /// <summary>A pod that keeps the others off all nodes.</summary>
    public static byte[] Gate(string name, string space) => Utf8($$$"""
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}"},"spec":{"affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"labelSelector":{"matchLabels":{"{{{Label}}}":"pod"} },"namespaces":["{{{space}}}"],"topologyKey":"{{{Label}}}"}]} },"containers":[{"name":"main","image":"registry.k8s.io/pause:3.10"}]} }
        """);

    public static byte[] Mark(string text) => Utf8($$$"""{"metadata":{"annotations":{"at":"{{{text}}}"} } }""");

    private static string App(int number, string kind) => kind is "affinity" or "spread" ? $"app-{number % 50}" : "bench";

    private static string Placing(int number, string kind) => kind switch
    {
        "affinity" => $$$""" "affinity":{"podAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"labelSelector":{"matchLabels":{"app":"{{{App(number, kind)}}}"} },"topologyKey":"topology.kubernetes.io/zone"}]} }, """,
        "spread" => $$$""" "topologySpreadConstraints":[{"maxSkew":5,"topologyKey":"topology.kubernetes.io/zone","whenUnsatisfiable":"DoNotSchedule","labelSelector":{"matchLabels":{"app":"{{{App(number, kind)}}}"} } }], """,
        "placed" => $$$""" "nodeName":"{{{FakeNodes.NameOf(number)}}}", """,
        "unscheduled" => """ "schedulerName":"nobody", """,
        _ => "",
    };

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
