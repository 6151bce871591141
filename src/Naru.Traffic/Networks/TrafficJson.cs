using System.Text.Json.Serialization;

namespace Naru.Traffic.Networks;

/// <summary>How the state files are written.</summary>
[JsonSourceGenerationOptions(WriteIndented = false, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NetworkDocument))]
[JsonSerializable(typeof(Sandboxes.SandboxDocument))]
internal sealed partial class TrafficJson : JsonSerializerContext;
