using System.Text.Json.Serialization;

namespace Naru.Containers.Bundles;

/// <summary>Serialisation of what OCI runtimes read.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OciSpec))]
[JsonSerializable(typeof(OciProcess))]
[JsonSerializable(typeof(OciSeccomp))]
[JsonSerializable(typeof(SeccompProfile))]
internal sealed partial class OciJson : JsonSerializerContext;
