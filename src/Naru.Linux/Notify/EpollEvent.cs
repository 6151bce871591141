using System.Runtime.InteropServices;

namespace Naru.Linux.Notify;

/// <summary>struct epoll_event: packed to 12 bytes on amd64, aligned to 16 elsewhere.</summary>
internal static class EpollEvent
{
    public static readonly int Size = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    public static void Write(Span<byte> target, uint events, ulong token)
    {
        MemoryMarshal.Write(target, events);
        MemoryMarshal.Write(target[(Size - sizeof(ulong))..], token);
    }

    public static uint Events(ReadOnlySpan<byte> source) => MemoryMarshal.Read<uint>(source);

    public static ulong Token(ReadOnlySpan<byte> source) => MemoryMarshal.Read<ulong>(source[(Size - sizeof(ulong))..]);
}
