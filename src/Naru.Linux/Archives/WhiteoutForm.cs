namespace Naru.Linux.Archives;

/// <summary>What a layer's deletions look like on the side of the directory.</summary>
public enum WhiteoutForm
{
    /// <summary>Names that start with ".wh." are names like any other.</summary>
    None,

    /// <summary>
    /// ".wh.x" in the archive is a character device 0:0 "x" in the directory, and ".wh..wh..opq" the attribute trusted.overlay.opaque
    /// (OCI image specification, "Whiteouts"; the kernel's overlayfs documentation).
    /// </summary>
    Overlay,
}
