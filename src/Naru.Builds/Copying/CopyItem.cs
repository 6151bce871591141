using Naru.Linux.Files;

namespace Naru.Builds.Copying;

/// <summary>One entry to be copied.</summary>
/// <param name="Source">Path in the source.</param>
/// <param name="Below">Path below the target; empty: the target itself.</param>
/// <param name="Status">What it is.</param>
/// <param name="Group">Number of the source argument it belongs to.</param>
internal readonly record struct CopyItem(string Source, string Below, FileStatus Status, int Group);

/// <summary>What one source argument resolved to.</summary>
/// <param name="Path">Path in the source, links resolved.</param>
/// <param name="Name">Name it gets in a target directory.</param>
/// <param name="IsDirectory">Its contents are copied.</param>
internal sealed record CopySource(string Path, string Name, bool IsDirectory);
