using System.Runtime.InteropServices;

namespace Naru.Linux.Processes;

/// <summary>A zero-ended vector of C strings (argv, envp) in unmanaged memory.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private readonly byte** _vector;
    private readonly int _count;

    public NativeStrings(IReadOnlyList<string> texts)
    {
        _count = texts.Count;
        _vector = (byte**)NativeMemory.AllocZeroed((nuint)(_count + 1), (nuint)sizeof(byte*));
        for (var i = 0; i < _count; i++)
        {
            _vector[i] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[i]);
        }
    }

    public byte** Vector => _vector;

    public byte* First => _vector[0];

    public void Dispose()
    {
        for (var i = 0; i < _count; i++)
        {
            Marshal.FreeCoTaskMem((nint)_vector[i]);
        }

        NativeMemory.Free(_vector);
    }
}
