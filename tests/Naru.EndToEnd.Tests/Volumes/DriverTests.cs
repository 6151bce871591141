using Naru.Agent.Tests.Csi;
using Naru.EndToEnd.Tests.Pods;
using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Volumes;

/// <summary>A storage driver on the node: registered by its socket, mounted into real pods.</summary>
public sealed class DriverTests(PodCluster cluster) : IClassFixture<PodCluster>
{
    private const string Driver = "test.csi.example.org";

    private static readonly string[] Registered = ["get", "csinode", "-o", "jsonpath={.items[0].spec.drivers[*].name}"];

    private string Root => Path.Combine(cluster.Naru!.DataDirectory, "agent");

    [Fact]
    public async Task Driver_VolumesOfAllKinds_AreMountedAndTakenBack()
    {
        cluster.Required();
        await using var driver = await StartAsync();
        await File.WriteAllTextAsync(Path.Combine(driver.StoreOf("disk-1"), "file"), "kept");
        await cluster.ApplyAsync(Volume("pv1", "disk-1") + Claim("c1", "pv1") + """
            apiVersion: v1
            kind: Pod
            metadata: {name: both}
            spec:
              terminationGracePeriodSeconds: 1
              securityContext: {fsGroup: 3000}
              containers: [{name: app, image: "IMAGE", command: [sh, -c, "cat /disk/file; exec sleep 1000"], volumeMounts: [{name: disk, mountPath: /disk}, {name: scratch, mountPath: /scratch}]}]
              volumes: [{name: disk, persistentVolumeClaim: {claimName: c1} }, {name: scratch, csi: {driver: test.csi.example.org} }]
            """);
        await cluster.BecomesAsync("kept", "logs", "both");
        await cluster.OkAsync("exec", "both", "--", "sh", "-c", "echo more > /disk/new; echo x > /scratch/x");
        Assert.Equal("3000", await cluster.OkAsync("exec", "both", "--", "stat", "-c", "%g", "/disk/new"));
        Assert.Equal("more\n", await File.ReadAllTextAsync(Path.Combine(driver.StoreOf("disk-1"), "new")));

        await cluster.OkAsync("delete", "pod", "both", "--now");
        await NothingMountedAsync();
        Assert.Equal(["Stage", "Publish", "Publish", "Unpublish", "Unpublish", "Unstage"], driver.Calls.Select(static call => call.Split(' ')[0]).OrderBy(static word => word.StartsWith("Un", StringComparison.Ordinal) ? word == "Unstage" ? 3 : 2 : word == "Stage" ? 0 : 1));
        await cluster.OkAsync("delete", "pvc/c1", "pv/pv1", "--wait=false");
    }

    [Fact]
    public async Task Driver_ComesLate_PodWaitsForItAndNothingIsLeftAfterAKill()
    {
        cluster.Required();
        await cluster.BecomesAsync("", Registered); // The driver of the test before this one is noticed to be gone.
        await cluster.ApplyAsync(Volume("pv2", "disk-2") + Claim("c2", "pv2") + ClaimTests.Pod("late", "c2", "exec sleep 1000"));
        await cluster.BecomesAsync(
            $"MountVolume.SetUp failed for volume \"data\" : driver name {Driver} not found in the list of registered CSI drivers",
            "get", "events", "--field-selector=involvedObject.name=late,reason=FailedMount", "-o", "jsonpath={.items[0].message}");
        await using var driver = await StartAsync();
        await cluster.OkAsync("wait", "pod/late", "--for=condition=Ready", "--timeout=100s");

        await cluster.Naru!.KillAsync();
        await cluster.Naru.StartAgainAsync();
        await cluster.BecomesAsync("0 true", "get", "pod", "late", "-o", "jsonpath={.status.containerStatuses[0].restartCount} {.status.containerStatuses[0].ready}");
        await cluster.OkAsync("delete", "pod", "late", "--now");
        await NothingMountedAsync();
        Assert.Equal(["Unpublish disk-2", "Unstage disk-2"], driver.Calls.TakeLast(2));
        await cluster.OkAsync("delete", "pvc/c2", "pv/pv2", "--wait=false");
    }

    private async Task<TestDriver> StartAsync()
    {
        await cluster.ApplyAsync($$"""
            apiVersion: storage.k8s.io/v1
            kind: CSIDriver
            metadata: {name: {{Driver}} }
            spec: {attachRequired: false, podInfoOnMount: true, volumeLifecycleModes: [Persistent, Ephemeral], fsGroupPolicy: File}
            """);
        var driver = await TestDriver.StartAsync(Driver, Root, mounts: true);
        await cluster.BecomesAsync(Driver, Registered);
        return driver;
    }

    private Task NothingMountedAsync() => Eventually.BecomesAsync(
        async () => !(await File.ReadAllTextAsync("/proc/self/mountinfo")).Contains($"{Root}/p", StringComparison.Ordinal), "nothing of the node's is mounted");

    private static string Volume(string name, string handle) => $$"""
        apiVersion: v1
        kind: PersistentVolume
        metadata: {name: {{name}} }
        spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], persistentVolumeReclaimPolicy: Retain, storageClassName: "", csi: {driver: {{Driver}}, volumeHandle: {{handle}} } }
        ---

        """;

    private static string Claim(string name, string volume) => ClaimTests.Claim(name, $"storageClassName: \"\"\n  volumeName: {volume}");
}
