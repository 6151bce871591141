using System.Text.Json.Serialization;

namespace Naru.Sockets;

/// <summary>The stored and sent form of <see cref="LimitedSocket"/>; its names are frozen.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(LimitedSocket))]
internal sealed partial class LimitedSocketJson : JsonSerializerContext;
