using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Naru.Core.Errors;
using Naru.Dialects.Kubernetes.Wire;
using Naru.Kinds;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Tests;

public sealed class ProtobufTests
{
    [Theory]
    [InlineData("""{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","creationTimestamp":"2026-01-02T03:04:05Z","labels":{"a":"b"},"managedFields":[{"manager":"m","fieldsV1":{"f:spec":{}}}]},"spec":{"volumes":[{"name":"v","emptyDir":{}}],"containers":[{"name":"c","ports":[{"containerPort":80}],"env":[{"name":"E"}],"resources":{"limits":{"cpu":"100m"}},"livenessProbe":{"httpGet":{"path":"/x","port":"web"}}}],"terminationGracePeriodSeconds":0,"automountServiceAccountToken":false},"status":{"phase":"Running","podIPs":[{"ip":"10.0.0.1"}]}}""")]
    [InlineData("""{"kind":"Secret","apiVersion":"v1","metadata":{"name":"a"},"data":{"k":"AQID"},"type":"Opaque"}""")]
    [InlineData("""{"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"a","generation":3},"spec":{"replicas":0,"selector":{"matchLabels":{"a":"b"}},"template":{"spec":{"containers":[{"name":"c"}]}},"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxUnavailable":0,"maxSurge":"25%"}}}}""")]
    [InlineData("""{"kind":"SelfSubjectRulesReview","apiVersion":"authorization.k8s.io/v1","spec":{"namespace":"x"},"status":{"resourceRules":[{"verbs":["*"]}],"incomplete":true}}""")]
    [InlineData("""{"kind":"CustomResourceDefinition","apiVersion":"apiextensions.k8s.io/v1","metadata":{"name":"a.b"},"spec":{"group":"b","versions":[{"name":"v1","served":true,"storage":false,"schema":{"openAPIV3Schema":{"type":"object","properties":{"a":{"type":"array","items":{"type":"string","default":"x","enum":["x",1]}},"b":{"additionalProperties":{"type":"number","minimum":0.5}}}}}}]}}""")]
    [InlineData("""{"kind":"Lease","apiVersion":"coordination.k8s.io/v1","metadata":{"name":"a"},"spec":{"renewTime":"2026-01-02T03:04:05.123456Z","leaseTransitions":0}}""")]
    [InlineData("""{"kind":"Status","apiVersion":"v1","status":"Failure","details":{"causes":[{"reason":"r"}],"retryAfterSeconds":1},"code":429}""")]
    [InlineData("""{"kind":"DeleteOptions","apiVersion":"apps/v1","gracePeriodSeconds":0,"propagationPolicy":"Foreground"}""")]
    public void Object_ThereAndBack_IsTheSame(string json)
    {
        var tree = JsonText.ParseMap(Encoding.UTF8.GetBytes(json));

        var back = KubernetesProtobuf.Decode(Encode(tree));

        Assert.True(tree.DeepEquals(back), JsonText.ToText(back));
    }

    [Fact]
    public void EveryBuiltInKind_HasAForm()
    {
        var without = new BuiltInKinds().Resources.Where(static one => !KubernetesProtobuf.CanEncode(one.GroupVersionKind)).Select(static one => one.Kind);

        Assert.Empty(without);
    }

    [Fact]
    public void Namespace_IsWrittenAsGoWritesIt()
    {
        // k8s\0, TypeMeta {v1, Namespace}, raw {metadata {name}}, then nothing of weight.
        byte[] expected = [.. "k8s\0"u8, 0x0A, 0x0F, 0x0A, 2, .. "v1"u8, 0x12, 9, .. "Namespace"u8, 0x12, 6, 0x0A, 4, 0x0A, 2, .. "kt"u8];

        Assert.Equal(expected, Encode(new MapValue { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new MapValue { ["name"] = "kt" } }));
    }

    [Fact]
    public void EmptyFieldsOfGoClients_AreLeftOut()
    {
        // Namespace {metadata {name kt, generateName "", namespace "", generation 0, creationTimestamp {}}, spec {}, status {phase ""}}
        byte[] body = [.. "k8s\0"u8, 0x0A, 0x0F, 0x0A, 2, .. "v1"u8, 0x12, 9, .. "Namespace"u8, 0x12, 20, 0x0A, 12, 0x0A, 2, .. "kt"u8, 0x12, 0, 0x1A, 0, 0x38, 0, 0x42, 0, 0x12, 0, 0x1A, 2, 0x0A, 0, 0x1A, 0, 0x22, 0];

        Assert.Equal("""{"kind":"Namespace","apiVersion":"v1","metadata":{"name":"kt"},"spec":{}}""", JsonText.ToText(KubernetesProtobuf.Decode(body)));
    }

    [Fact]
    public void Garbage_IsRefusedOrRead_NeverMore() => Prop.ForAll<byte[]>(static garbage =>
    {
        byte[] head = [.. "k8s\0"u8, 0x0A, 0x09, 0x0A, 2, .. "v1"u8, 0x12, 3, .. "Pod"u8];
        foreach (var bytes in (byte[][])[garbage, [.. "k8s\0"u8, .. garbage], [.. head, 0x12, (byte)Math.Min(garbage.Length, 127), .. garbage.Take(127)]])
        {
            try
            {
                KubernetesProtobuf.Decode(bytes);
            }
            catch (NaruException failure) when (failure.Kind == ErrorKind.InvalidArgument)
            {
                // Refused.
            }
        }
    }).QuickCheckThrowOnFailure();

    private static byte[] Encode(MapValue tree)
    {
        var target = new ArrayBufferWriter<byte>();
        KubernetesProtobuf.Encode(tree, target);
        return target.WrittenSpan.ToArray();
    }
}
