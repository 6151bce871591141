using System.Text.Json.Serialization;

namespace Naru.Images.Formats;

/// <summary>Serialisers of what others defined. Unknown fields are ignored, as these formats ask for.</summary>
[JsonSourceGenerationOptions(MaxDepth = 32)]
[JsonSerializable(typeof(ConfigFile))]
[JsonSerializable(typeof(ManifestFile))]
[JsonSerializable(typeof(ArchiveLine[]))]
[JsonSerializable(typeof(LayoutFile))]
[JsonSerializable(typeof(SortedDictionary<string, SortedDictionary<string, string>>))]
internal sealed partial class FormatsJson : JsonSerializerContext;
