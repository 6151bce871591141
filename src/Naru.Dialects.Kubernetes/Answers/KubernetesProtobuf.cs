using System.Buffers;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Answers;

/// <summary>Stands in until Naru.Objects has the codec: no kind has a protobuf form, so clients are answered in JSON.</summary>
internal static class KubernetesProtobuf
{
    public static bool CanEncode(GroupVersionKind kind) => kind.Version.Length == 0;

    public static MapValue Decode(ReadOnlySpan<byte> bytes) => throw Server.StatusFailure.UnsupportedMediaType($"application/json ({bytes.Length} bytes of protobuf were sent)");

    public static void Encode(MapValue tree, IBufferWriter<byte> target) => throw Server.StatusFailure.NotAcceptable($"application/json ({tree.Count} fields, {target.GetSpan().Length})");
}
