namespace Naru.Linux.Notify;

/// <summary>What happened in a watched directory (or to a watched file).</summary>
/// <param name="Watch">The number that <see cref="FileWatcher.Add"/> returned.</param>
/// <param name="Kinds">What happened.</param>
/// <param name="Name">The entry inside the directory; empty for the watched file itself.</param>
public readonly record struct FileEvent(int Watch, FileEventKinds Kinds, string Name);
