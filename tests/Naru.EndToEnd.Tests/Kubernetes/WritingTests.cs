namespace Naru.EndToEnd.Tests.Kubernetes;

/// <summary>The commands of kubectl that write.</summary>
public sealed class WritingTests(Cluster cluster)
{
    private const string Web = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, labels: {app: web}}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - name: c
                image: busybox:1.36
                ports: [{containerPort: 8080}]
        """;

    private const string Map = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: cm1}
        data: {a: "1"}
        """;

    [Fact]
    public async Task Apply_TwiceAndChanged_SaysCreatedUnchangedConfigured()
    {
        await using var space = await cluster.SpaceAsync();
        Assert.Equal("deployment.apps/web created", await space.FeedOkAsync("apply", Web));
        Assert.Equal("deployment.apps/web unchanged", await space.FeedOkAsync("apply", Web));
        var changed = Web.Replace("1.36", "1.37", StringComparison.Ordinal).Replace("replicas: 2", "replicas: 3", StringComparison.Ordinal);
        var diff = await space.FeedAsync("diff", changed);
        Assert.Equal(1, diff.ExitCode);
        Assert.Matches(@"(?m)^-\s+- image: busybox:1.36\n\+\s+- image: busybox:1.37$", diff.Output);
        Assert.Equal("busybox:1.36", await space.PathAsync("deploy/web", "{.spec.template.spec.containers[0].image}"));
        Assert.Equal("deployment.apps/web configured", await space.FeedOkAsync("apply", changed));
        Assert.Equal("3 busybox:1.37 8080", await space.PathAsync("deploy/web", "{.spec.replicas} {.spec.template.spec.containers[0].image} {.spec.template.spec.containers[0].ports[0].containerPort}"));
        // What the manifest no longer names goes.
        await space.FeedOkAsync("apply", changed.Replace("        ports: [{containerPort: 8080}]", "", StringComparison.Ordinal));
        Assert.Equal("", await space.PathAsync("deploy/web", "{.spec.template.spec.containers[0].ports}"));
    }

    [Fact]
    public async Task ApplyServerSide_AnotherManager_ConflictsUntilForced()
    {
        await using var space = await cluster.SpaceAsync();
        Assert.Equal("configmap/cm1 serverside-applied", await space.FeedOkAsync("apply --server-side", Map));
        var changed = Map.Replace("\"1\"", "\"9\"", StringComparison.Ordinal);
        await space.FeedFailsAsync("Apply failed with 1 conflict: conflict with \"kubectl\": .data.a", "apply --server-side --field-manager=other", changed);
        await space.FeedOkAsync("apply --server-side --field-manager=other --force-conflicts", changed);
        Assert.Equal("9", await space.PathAsync("cm/cm1", "{.data.a}"));
        Assert.Equal("other Apply", await space.OkAsync("get cm cm1 --show-managed-fields -o", "jsonpath={.metadata.managedFields[*].manager} {.metadata.managedFields[*].operation}"));
    }

    [Fact]
    public async Task Patch_EachType_ChangesTheObject()
    {
        await using var space = await cluster.SpaceAsync();
        Assert.Equal("configmap/cm1 created", await space.FeedOkAsync("create", Map));
        await space.OkAsync("patch cm cm1 -p", """{"data":{"b":"2"}}""");
        await space.OkAsync("patch cm cm1 --type=json -p", """[{"op":"add","path":"/data/c","value":"3"},{"op":"test","path":"/data/a","value":"1"}]""");
        await space.OkAsync("patch cm cm1 --type=merge -p", """{"data":{"b":null}}""");
        Assert.Equal("""{"a":"1","c":"3"}""", await space.PathAsync("cm/cm1", "{.data}"));
        Assert.Equal("configmap/cm1 patched (no change)", await space.OkAsync("patch cm cm1 --type=merge -p", """{"data":{"b":null}}"""));
        await space.FailsAsync("The request is invalid", "patch cm cm1 --type=json -p", """[{"op":"test","path":"/data/a","value":"4"}]""");
        await space.FailsAsync("configmaps \"nosuch\" not found", "patch cm nosuch -p", "{}");
        Assert.Contains("patched", await space.OkAsync("patch cm cm1 --dry-run=server -p", """{"data":{"z":"26"}}"""), StringComparison.Ordinal);
        Assert.Equal("""{"a":"1","c":"3"}""", await space.PathAsync("cm/cm1", "{.data}"));
    }

    [Fact]
    public async Task EditReplaceLabelAnnotate_TakeEffect()
    {
        await using var space = await cluster.SpaceAsync();
        await space.FeedOkAsync("create", Map);
        var edit = await cluster.KubectlAsync(["-n", space.Name, "edit", "cm", "cm1"], also: new Dictionary<string, string> { ["KUBE_EDITOR"] = "sed -i s/^..a:/\\ \\ z:/" });
        Assert.True(edit.ExitCode == 0, edit.ToString());
        Assert.Equal("""{"z":"1"}""", await space.PathAsync("cm/cm1", "{.data}"));
        await space.FeedOkAsync("replace", Map);
        Assert.Equal("""{"a":"1"}""", await space.PathAsync("cm/cm1", "{.data}"));
        Assert.Equal("configmap/cm1 labeled", await space.OkAsync("label cm cm1 x=y"));
        await space.FailsAsync("'x' already has a value (y), and --overwrite is false", "label cm cm1 x=z");
        await space.OkAsync("label cm cm1 x=z --overwrite");
        await space.OkAsync("annotate cm cm1 note=yes");
        Assert.Equal("z yes", await space.PathAsync("cm/cm1", "{.metadata.labels.x} {.metadata.annotations.note}"));
        await space.OkAsync("label cm cm1 x-");
        Assert.Equal("", await space.PathAsync("cm/cm1", "{.metadata.labels}"));
        var stale = await space.OkAsync("get cm cm1 -o yaml");
        await space.OkAsync("label cm cm1 moved=on");
        await space.FeedFailsAsync("the object has been modified", "replace", stale);
    }

    [Fact]
    public async Task Create_EveryGenerator_Answers()
    {
        await using var space = await cluster.SpaceAsync();
        foreach (var (words, expected) in new (string, string)[]
        {
            ("create configmap c1 --from-literal=a=b", "configmap/c1 created"),
            ("create secret generic s1 --from-literal=p=q", "secret/s1 created"),
            ("create secret docker-registry d1 --docker-server=r --docker-username=u --docker-password=p", "secret/d1 created"),
            ("create serviceaccount sa1", "serviceaccount/sa1 created"),
            ("create role rr --verb=get,list --resource=pods", "role.rbac.authorization.k8s.io/rr created"),
            ("create rolebinding rb --role=rr --user=jane", "rolebinding.rbac.authorization.k8s.io/rb created"),
            ("create quota q1 --hard=pods=10", "resourcequota/q1 created"),
            ("create deployment d1 --image=a --replicas=0", "deployment.apps/d1 created"),
            ("create job j1 --image=busybox -- true", "job.batch/j1 created"),
("create cronjob cj1 --image=busybox --schedule=0 -- true", "spec.schedule: Invalid value"),
            ("create poddisruptionbudget p1 --selector=a=b --min-available=1", "poddisruptionbudget.policy/p1 created"),
            ("create service nodeport np1 --tcp=80:8080", "service/np1 created"),
            ("create service clusterip ci1 --tcp=80:8080", "service/ci1 created"),
            ("create service externalname en1 --external-name=a.example", "service/en1 created"),
            ("create ingress i1 --rule=foo.com/bar=svc1:8080", "ingress.networking.k8s.io/i1 created"),
            ("run p1 --image=busybox", "pod/p1 created"),
            ("expose deploy d1 --port=80 --target-port=8080", "service/d1 exposed"),
            ("autoscale deploy d1 --min=1 --max=3 --cpu-percent=80", "horizontalpodautoscaler.autoscaling/d1 autoscaled"),
        })
        {
            var result = await space.TryAsync(words);
            Assert.Contains(expected, result.Output + result.Error, StringComparison.Ordinal);
        }

        Assert.Equal("cronjob.batch/cj2 created", await space.OkAsync("create cronjob cj2 --image=busybox", "--schedule", "*/5 * * * *", "--", "true"));
        Assert.Equal("job.batch/j2 created", await space.OkAsync("create job j2 --from=cronjob/cj2"));
        Assert.Equal("cj2", await space.PathAsync("job/j2", "{.metadata.ownerReferences[0].name}"));
        await space.FailsAsync("configmaps \"c1\" already exists", "create configmap c1");
        Assert.Equal("cQ==", await space.PathAsync("secret/s1", "{.data.p}"));
    }

    [Fact]
    public async Task DryRun_Server_WritesNothing()
    {
        await using var space = await cluster.SpaceAsync();
        var shown = await space.OkAsync("create deployment x --image=a --replicas=2 --dry-run=server -o yaml");
        Assert.Contains("progressDeadlineSeconds: 600", shown, StringComparison.Ordinal);
        Assert.Contains("uid: ", shown, StringComparison.Ordinal);
        await space.FailsAsync("deployments.apps \"x\" not found", "get deploy x");
        await space.OkAsync("create configmap keep --from-literal=a=b");
        Assert.Contains("deleted", await space.OkAsync("delete cm keep --dry-run=server"), StringComparison.Ordinal);
        Assert.Equal("b", await space.PathAsync("cm/keep", "{.data.a}"));
    }

    [Fact]
    public async Task Validation_UnknownFieldsAndWrongTypes_AreNamed()
    {
        await using var space = await cluster.SpaceAsync();
        const string Bad = """
            apiVersion: v1
            kind: Pod
            metadata: {name: good}
            spec: {containers: [{name: c, image: busybox, imag: typo}], foo: bar}
            """;
        await space.FeedFailsAsync("strict decoding error: unknown field \"spec.containers[0].imag\", unknown field \"spec.foo\"", "create", Bad);
        var warned = await space.FeedAsync("create --validate=warn", Bad);
        Assert.True(warned.ExitCode == 0, warned.ToString());
        Assert.Contains("Warning: unknown field \"spec.foo\"", warned.Error, StringComparison.Ordinal);
        // kubectl itself never sends a field twice.
        using var doubled = new StringContent("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"dup"},"data":{"a":"1","a":"2"}}""", System.Text.Encoding.UTF8, "application/json");
        using var answer = await cluster.Http.PostAsync($"/api/v1/namespaces/{space.Name}/configmaps?fieldValidation=Strict", doubled);
        Assert.Contains("strict decoding error: duplicate field \\\"data.a\\\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await space.FeedFailsAsync(
            "Invalid value: \"Bad_Name\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.'", "create", Bad.Replace(", imag: typo", "", StringComparison.Ordinal).Replace(", foo: bar", "", StringComparison.Ordinal).Replace("good", "Bad_Name", StringComparison.Ordinal));
        await space.FeedFailsAsync("The Deployment \"web\" is invalid: spec.template.metadata.labels: Invalid value: {\"app\":\"else\"}: `selector` does not match template `labels`", "create", Web.Replace("    metadata: {labels: {app: web}}", "    metadata: {labels: {app: else}}", StringComparison.Ordinal));
        await space.FeedFailsAsync("Deployment in version \"v1\" cannot be handled as a Deployment", "create --validate=false", Web.Replace("replicas: 2", "replicas: two", StringComparison.Ordinal));
        await space.FeedOkAsync("apply", Web);
        await space.FeedFailsAsync("field is immutable", "apply", Web.Replace("app: web", "app: other", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Kustomize_GeneratesAndPrunes()
    {
        await using var space = await cluster.SpaceAsync();
        await space.FileAsync("cm.yaml", Map);
        await space.FileAsync("kustomization.yaml", "namePrefix: dev-\nresources: [cm.yaml]\nconfigMapGenerator: [{name: gen, literals: [a=b]}]\n");
        var applied = await space.OkAsync($"apply -k {space.Folder}");
        Assert.Contains("configmap/dev-cm1 created", applied, StringComparison.Ordinal);
        Assert.Contains("configmap/dev-gen-", applied, StringComparison.Ordinal);
        await space.OkAsync($"delete -k {space.Folder}");
        await space.FailsAsync("not found", "get cm dev-cm1");
    }

    [Fact]
    public async Task Delete_EveryForm_Deletes()
    {
        await using var space = await cluster.SpaceAsync();
        await space.OkAsync("create configmap one --from-literal=a=b");
        Assert.Equal("configmap \"one\" deleted", await space.OkAsync("delete cm one"));
        await space.FailsAsync("configmaps \"one\" not found", "delete cm one");
        await space.OkAsync("delete cm one --ignore-not-found");
        foreach (var name in (string[])["two", "three"])
        {
            await space.OkAsync($"create configmap {name}");
            await space.OkAsync($"label cm {name} group=g");
        }

        Assert.Equal(2, (await space.OkAsync("delete cm -l group=g")).Split('\n').Length);
        await space.FeedOkAsync("apply", Web);
        await space.BecomesAsync("rs", "{.items[*].status.replicas}", "2");
        Assert.Equal("deployment.apps \"web\" deleted", await space.OkAsync("delete deploy web --cascade=orphan"));
        Assert.Equal("2", await space.PathAsync("rs", "{.items[*].spec.replicas}"));
        await space.OkAsync("delete rs --all --cascade=foreground --timeout=60s");
        Assert.Equal("", await space.OkAsync("get rs,pods -o name"));
    }
}
