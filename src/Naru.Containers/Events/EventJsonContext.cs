using System.Text.Json.Serialization;
using Naru.Core.Events;

namespace Naru.Containers.Events;

/// <summary>The journal's form: one event a line.</summary>
[JsonSerializable(typeof(EngineEvent))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class EventJsonContext : JsonSerializerContext;
