using System.Text.Json.Serialization;
using Naru.Core.Containers;

namespace Naru.Containers.Store;

/// <summary>The stored form of containers. Fields may be added; none may change its meaning without a new <see cref="StoredContainer.Version"/>.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(StoredContainer))]
internal sealed partial class ContainerJson : JsonSerializerContext;

/// <summary>A container on disk.</summary>
/// <param name="Version">Form of the file.</param>
/// <param name="Container">The container.</param>
internal sealed record StoredContainer(int Version, Container Container)
{
    public const int CurrentVersion = 1;
}
