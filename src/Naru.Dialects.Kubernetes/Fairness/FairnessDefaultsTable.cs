using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Fairness;

/// <summary>The FlowSchemas and PriorityLevelConfigurations that every cluster starts with.</summary>
internal static class FairnessDefaultsTable
{
    /// <summary>Levels: name, shares, part that is lent, queues, hand. No shares: exempt; no queues: refuses.</summary>
    public static IEnumerable<MapValue> Levels()
    {
        yield return Exempt("exempt");
        yield return Level("catch-all", 5, 0, 0, 0);
        yield return Level("system", 30, 33, 64, 6);
        yield return Level("node-high", 40, 25, 64, 6);
        yield return Level("leader-election", 10, 0, 16, 4);
        yield return Level("workload-high", 40, 50, 128, 6);
        yield return Level("workload-low", 100, 90, 128, 6);
        yield return Level("global-default", 20, 50, 128, 6);
    }

    /// <summary>Schemas in order of precedence.</summary>
    public static IEnumerable<MapValue> Schemas()
    {
        var all = Rule(["*"], ["*"], ["*"], ["*"], cluster: true);
        var paths = Paths(["*"], ["*"]);
        var election = Rule(["get", "create", "update"], ["coordination.k8s.io"], ["leases"], ["kube-system"], cluster: false);
        yield return Schema("exempt", "exempt", 1, "", ([Group("system:masters")], [all], [paths]));
        yield return Schema("probes", "exempt", 2, "", ([Group("system:unauthenticated"), Group("system:authenticated")], [], [Paths(["get"], ["/healthz", "/readyz", "/livez"])]));
        yield return Schema("system-leader-election", "leader-election", 100, "ByUser", ([User("system:kube-controller-manager"), User("system:kube-scheduler"), Account("kube-system", "*")], [election], []));
        yield return Schema("endpoint-controller", "workload-high", 150, "ByUser", ([User("system:kube-controller-manager"), Account("kube-system", "endpoint-controller"), Account("kube-system", "endpointslicemirroring-controller")], [Rule(["get", "create", "update"], [""], ["endpoints"], ["*"], cluster: false)], []));
        yield return Schema("workload-leader-election", "leader-election", 200, "ByUser", ([Account("kube-system", "*")], [Rule(["get", "create", "update"], ["coordination.k8s.io"], ["leases"], ["*"], cluster: false)], []));
        yield return Schema("system-node-high", "node-high", 400, "ByUser", ([Group("system:nodes")], [Rule(["*"], [""], ["nodes", "nodes/status"], ["*"], cluster: true), Rule(["*"], ["coordination.k8s.io"], ["leases"], ["*"], cluster: false)], []));
        yield return Schema("system-nodes", "system", 500, "ByUser", ([Group("system:nodes")], [all], [paths]));
        yield return Schema("kube-controller-manager", "workload-high", 800, "ByNamespace", ([User("system:kube-controller-manager")], [all], [paths]));
        yield return Schema("kube-scheduler", "workload-high", 800, "ByNamespace", ([User("system:kube-scheduler")], [all], [paths]));
        yield return Schema("kube-system-service-accounts", "workload-high", 900, "ByNamespace", ([Account("kube-system", "*")], [all], [paths]));
        yield return Schema("service-accounts", "workload-low", 9000, "ByUser", ([Group("system:serviceaccounts")], [all], [paths]));
        yield return Schema("global-default", "global-default", 9900, "ByUser", ([Group("system:unauthenticated"), Group("system:authenticated")], [all], [paths]));
        yield return Schema("catch-all", "catch-all", 10000, "ByUser", ([Group("system:unauthenticated"), Group("system:authenticated")], [all], [paths]));
    }

    private static MapValue Exempt(string name) => Named("PriorityLevelConfiguration", name, new MapValue
    {
        ["type"] = "Exempt",
        ["exempt"] = new MapValue { ["nominalConcurrencyShares"] = 0L, ["lendablePercent"] = 0L },
    });

    private static MapValue Level(string name, long shares, long lent, long queues, long hand) => Named("PriorityLevelConfiguration", name, new MapValue
    {
        ["type"] = "Limited",
        ["limited"] = new MapValue
        {
            ["nominalConcurrencyShares"] = shares,
            ["lendablePercent"] = lent,
            ["limitResponse"] = queues == 0
                ? new MapValue { ["type"] = "Reject" }
                : new MapValue
                {
                    ["type"] = "Queue",
                    ["queuing"] = new MapValue { ["queues"] = queues, ["handSize"] = hand, ["queueLengthLimit"] = 50L },
                },
        },
    });

    private static MapValue Schema(string name, string level, long precedence, string distinguisher, (MapValue[] Subjects, MapValue[] Resources, MapValue[] Paths) rule)
    {
        var one = new MapValue { ["subjects"] = new ListValue(rule.Subjects) };
        AddRules(one, "resourceRules", rule.Resources);
        AddRules(one, "nonResourceRules", rule.Paths);
        var spec = new MapValue
        {
            ["priorityLevelConfiguration"] = new MapValue { ["name"] = level },
            ["matchingPrecedence"] = precedence,
        };
        if (distinguisher.Length > 0)
        {
            spec["distinguisherMethod"] = new MapValue { ["type"] = distinguisher };
        }

        spec["rules"] = new ListValue([one]);
        return Named("FlowSchema", name, spec);
    }

    private static void AddRules(MapValue rule, string field, MapValue[] rules)
    {
        if (rules.Length > 0)
        {
            rule[field] = new ListValue(rules.Select(static one => one.Clone()));
        }
    }

    private static MapValue Named(string kind, string name, MapValue spec) => new()
    {
        ["apiVersion"] = "flowcontrol.apiserver.k8s.io/v1",
        ["kind"] = kind,
        ["metadata"] = new MapValue
        {
            ["name"] = name,
            ["annotations"] = new MapValue { ["apf.kubernetes.io/autoupdate-spec"] = "true" },
        },
        ["spec"] = spec,
    };

    private static MapValue Group(string name) => new() { ["kind"] = "Group", ["group"] = new MapValue { ["name"] = name } };

    private static MapValue User(string name) => new() { ["kind"] = "User", ["user"] = new MapValue { ["name"] = name } };

    private static MapValue Account(string space, string name) => new()
    {
        ["kind"] = "ServiceAccount",
        ["serviceAccount"] = new MapValue { ["namespace"] = space, ["name"] = name },
    };

    private static MapValue Rule(string[] verbs, string[] groups, string[] resources, string[] namespaces, bool cluster)
    {
        var rule = new MapValue { ["verbs"] = Texts(verbs), ["apiGroups"] = Texts(groups), ["resources"] = Texts(resources) };
        if (cluster)
        {
            rule["clusterScope"] = true;
        }

        rule["namespaces"] = Texts(namespaces);
        return rule;
    }

    private static MapValue Paths(string[] verbs, string[] paths) => new() { ["verbs"] = Texts(verbs), ["nonResourceURLs"] = Texts(paths) };

    private static ListValue Texts(string[] texts) => new(texts.Select(static one => (Value)one));
}
