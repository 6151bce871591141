using Naru.Objects.Descriptions;

namespace Naru.Objects.Tests.Descriptions;

public sealed class ModelDescriptionsTests
{
    [Theory]
    [InlineData("io.k8s.api.core.v1.PodSpec", null, "PodSpec is a description of a pod.")]
    [InlineData("k8s.io.api.core.v1.PodSpec", "containers", "List of containers belonging to the pod. Containers cannot currently be added or removed.")]
    [InlineData("io.k8s.api.core.v1.PodSpec", "hostPID", "Use the host's pid namespace.")]
    [InlineData("io.k8s.api.core.v1.ServiceSpec", "clusterIPs", "ClusterIPs is a list of IP addresses")]
    [InlineData("io.k8s.api.core.v1.Event", null, "Event is a report of an event")]
    [InlineData("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta", "namespace", "Namespace defines the space within which each name must be unique.")]
    [InlineData("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps", "x-kubernetes-list-type", "x-kubernetes-list-type annotates an array")]
    [InlineData("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps", "default", "default is a default value")]
    public void Describe_KnownDefinition_SaysWhatTheModelsSay(string definition, string? property, string start) =>
        Assert.StartsWith(start, ModelDescriptions.Describe(definition, property));

    [Theory]
    [InlineData("io.k8s.api.core.v1.NoSuchThing", null)]
    [InlineData("io.k8s.api.core.v1.PodSpec", "noSuchField")]
    [InlineData("x", null)]
    [InlineData("", "")]
    [InlineData("..", "..")]
    public void Describe_UnknownDefinition_SaysNothing(string definition, string? property) =>
        Assert.Null(ModelDescriptions.Describe(definition, property));

    [Fact]
    public void Describe_KindsOfOneNameInTwoGroups_TellsThemApart() =>
        Assert.NotEqual(ModelDescriptions.Describe("io.k8s.api.core.v1.Event", "action"), ModelDescriptions.Describe("io.k8s.api.events.v1.Event", "action"));
}
