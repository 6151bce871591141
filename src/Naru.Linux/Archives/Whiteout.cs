using Naru.Linux.Files;

namespace Naru.Linux.Archives;

/// <summary>Marks of deletion in layers (OCI image specification, "Whiteouts").</summary>
internal static class Whiteout
{
    internal const string Prefix = ".wh.";
    internal const string MetaPrefix = ".wh..wh.";
    internal const string OpaqueName = ".wh..wh..opq";
    internal const string OpaqueAttribute = "trusted.overlay.opaque";

    /// <summary>An empty name is the directory itself.</summary>
    internal static Errno TryMakeOpaque(int directory, string name) =>
        ExtendedAttributes.TrySet(name.Length == 0 ? $"/proc/self/fd/{directory}" : $"/proc/self/fd/{directory}/{name}", OpaqueAttribute, "y"u8);
}
