using Naru.Objects.Resources;

namespace Naru.Kinds.Tests;

public sealed class ResourceTableTests
{
    private readonly BuiltInKinds _kinds = new();

    [Fact]
    public void Resources_Pods_HaveVerbsAndSubresources()
    {
        var pods = Assert.Single(_kinds.Resources, static one => one.Resource == new GroupVersionResource("", "v1", "pods"));

        Assert.Equal("Pod", pods.Kind);
        Assert.True(pods.Namespaced);
        Assert.Equal(["po"], pods.ShortNames);
        Assert.Equal(["all"], pods.Categories);
        Assert.Equal(["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"], pods.Verbs);
        Assert.Equal(["attach", "binding", "ephemeralcontainers", "eviction", "exec", "log", "portforward", "proxy", "resize", "status"], pods.Subresources.Select(static one => one.Name));
        Assert.Equal(new GroupVersionKind("policy", "v1", "Eviction"), pods.Subresources.Single(static one => one.Name == "eviction").Kind);
        Assert.Equal(new GroupVersionKind("", "v1", "Pod"), pods.Subresources.Single(static one => one.Name == "status").Kind);
    }

    [Fact]
    public void Resources_EventsOfBothGroups_AreStoredAsCoreOnes()
    {
        Assert.Equal("", _kinds.Resources.Single(static one => one.Resource.Group == "events.k8s.io").StorageGroup);
        Assert.Null(_kinds.Resources.Single(static one => one.Resource is { Group: "", Resource: "events" }).StorageGroup);
    }

    [Fact]
    public void Resources_Autoscalers_AreStoredAtTheNewVersion() =>
        Assert.All(_kinds.Resources.Where(static one => one.Resource.Group == "autoscaling"), static one => Assert.Equal("v2", one.StorageVersion));

    [Fact]
    public void Resources_AreAllThereOnce()
    {
        Assert.Equal(68, _kinds.Resources.Length);
        Assert.Equal(68, _kinds.Resources.Select(static one => one.Resource).Distinct().Count());
        Assert.Equal(45, _kinds.Resources.Sum(static one => one.Subresources.Length));
    }

    [Fact]
    public void Resources_AllHaveRulesAndATable() =>
        Assert.All(_kinds.Resources, one =>
        {
            Assert.NotNull(_kinds.RulesOf(one.GroupVersionKind));
            Assert.NotNull(_kinds.PrinterOf(one.GroupVersionKind));
        });
}
