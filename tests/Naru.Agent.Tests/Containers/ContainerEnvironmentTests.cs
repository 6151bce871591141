using System.Text;
using Naru.Agent.Containers;
using Naru.Agent.Pods;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Agent.Tests.Containers;

public sealed class ContainerEnvironmentTests
{
    [Theory]
    [InlineData("$(A)-$(B)", "1-2")]
    [InlineData("$$(A)", "$(A)")]
    [InlineData("$(MISSING)", "$(MISSING)")]
    [InlineData("$(A", "$(A")]
    [InlineData("5$", "5$")]
    public void Expansion_OfNames_IsKubernetes(string text, string expected) =>
        Assert.Equal(expected, Expansion.Expand(text, static name => name switch { "A" => "1", "B" => "2", _ => null }));

    [Fact]
    public void Values_FromEverywhere_AreFoundInOrder()
    {
        var values = Build("""
            {"name":"app","resources":{"limits":{"memory":"64Mi","cpu":"1500m"}},
             "envFrom":[{"configMapRef":{"name":"settings"},"prefix":"P_"}],
             "env":[{"name":"A","value":"x"},{"name":"B","value":"$(A)$(P_colour)"},{"name":"C","valueFrom":{"secretKeyRef":{"name":"keys","key":"token"}}},
              {"name":"D","valueFrom":{"fieldRef":{"fieldPath":"metadata.labels['tier']"}}},{"name":"E","valueFrom":{"resourceFieldRef":{"resource":"limits.cpu"}}},
              {"name":"F","valueFrom":{"resourceFieldRef":{"resource":"limits.memory","divisor":"1Mi"}}},{"name":"G","valueFrom":{"configMapKeyRef":{"name":"none","key":"k","optional":true}}}]}
            """);

        Assert.Equal(("x", "xred", "geheim", "front", "2", "64"), (values["A"], values["B"], values["C"], values["D"], values["E"], values["F"]));
        Assert.False(values.ContainsKey("G"));
        Assert.Equal(("10.96.0.9", "tcp://10.96.0.9:80"), (values["SHOP_DB_SERVICE_HOST"], values["SHOP_DB_PORT"]));
        Assert.Equal("10.96.0.1", values["KUBERNETES_SERVICE_HOST"]);
    }

    [Theory]
    [InlineData("""{"volumeName":"v","path":"a.env","key":"K"}""", "1")]
    [InlineData("""{"volumeName":"v","path":"a.env","key":"NONE","optional":true}""", null)]
    [InlineData("""{"volumeName":"v","path":"none","key":"K","optional":true}""", null)]
    public void Value_FromAFile_IsFound(string reference, string? value) =>
        Assert.Equal(value, Build("""{"env":[{"name":"A","valueFrom":{"fileKeyRef":REF}}]}""".Replace("REF", reference, StringComparison.Ordinal)).GetValueOrDefault("A"));

    [Theory]
    [InlineData("""{"env":[{"name":"A","valueFrom":{"fileKeyRef":{"volumeName":"v","path":"a.env","key":"NONE"}}}]}""", "environment variable key \"NONE\" not found in file \"a.env\"")]
    [InlineData("""{"env":[{"name":"A","valueFrom":{"secretKeyRef":{"name":"none","key":"k"}}}]}""", "secret \"none\" not found")]
    [InlineData("""{"env":[{"name":"A","valueFrom":{"configMapKeyRef":{"name":"settings","key":"k"}}}]}""", "couldn't find key k in ConfigMap shop/settings")]
    [InlineData("""{"envFrom":[{"configMapRef":{"name":"none"}}]}""", "configmap \"none\" not found")]
    public void Reference_ToNothing_IsAConfigError(string container, string message)
    {
        var failure = Assert.Throws<ConfigFailure>(() => Build(container));

        Assert.Equal(("CreateContainerConfigError", message), (failure.Reason, failure.Message));
    }

    private static Dictionary<string, string> Build(string container)
    {
        var pod = new PodView(Parse("""{"metadata":{"name":"web","namespace":"shop","uid":"u1","labels":{"tier":"front"}},"spec":{}}"""));
        var source = new ReferenceSource(
            static name => name == "settings" ? Parse("""{"data":{"colour":"red"}}""") : null,
            static name => name == "keys" ? Parse("""{"data":{"token":"Z2VoZWlt"}}""") : null,
            static () =>
            [
                Parse("""{"metadata":{"name":"shop-db","namespace":"shop"},"spec":{"clusterIP":"10.96.0.9","ports":[{"port":80}]}}"""),
                Parse("""{"metadata":{"name":"kubernetes","namespace":"default"},"spec":{"clusterIP":"10.96.0.1","ports":[{"name":"https","port":443}]}}"""),
            ])
        {
            File = static (volume, path) => (volume, path) == ("v", "a.env") ? "K='1'\n" : null,
        };
        return new ContainerEnvironment(pod, Parse(container), new PodAddresses([], []), new NodeRoom(2, 1 << 30, 0), source).Build().ToDictionary();
    }

    private static MapValue Parse(string json) => (MapValue)JsonText.Parse(Encoding.UTF8.GetBytes(json));
}
