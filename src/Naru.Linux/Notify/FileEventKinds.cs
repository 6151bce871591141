namespace Naru.Linux.Notify;

/// <summary>The kernel's inotify bits.</summary>
[Flags]
public enum FileEventKinds : uint
{
    None = 0,
    Modified = 0x2,
    WriterClosed = 0x8,
    MovedFrom = 0x40,
    MovedInto = 0x80,
    Created = 0x100,
    Deleted = 0x200,
    SelfDeleted = 0x400,

    /// <summary>The queue ran over: events are lost, look at everything again.</summary>
    Overflow = 0x4000,

    /// <summary>The watch is gone (file deleted or watch removed).</summary>
    Ignored = 0x8000,
}
