namespace Naru.Linux.Files;

/// <summary>A name in a directory. The kind is <see cref="FileKind.Unknown"/> where the file system does not tell it.</summary>
public readonly record struct DirectoryEntry(string Name, FileKind Kind);
