using System.Runtime.InteropServices;

namespace Naru.Linux.Nftables;

/// <summary>
/// libnftables in one network namespace: that of the thread which opened it. Everything handed to one call of <see cref="Run"/> is one
/// transaction: all of it happens or nothing. The library keeps state for the whole process, so calls of all contexts take turns.
/// </summary>
public sealed class NftablesContext : IDisposable
{
    private static readonly Lock Turn = new();
    private readonly NftablesContextHandle _context;

    private NftablesContext(NftablesContextHandle context) => _context = context;

    /// <summary>Opens a context; <see cref="DllNotFoundException"/> if libnftables.so.1 is not installed.</summary>
    public static NftablesContext Open()
    {
        lock (Turn)
        {
            var context = new NftablesContextHandle(NftablesNative.NewContext(0));
            if (context.IsInvalid || NftablesNative.BufferOutput(context) != 0 || NftablesNative.BufferError(context) != 0)
            {
                context.Dispose();
                throw new IOException("libnftables cannot be initialised");
            }

            return new NftablesContext(context);
        }
    }

    /// <summary>Carries out commands (in the language of the nft program, one a line) and answers what they print.</summary>
    public string Run(string commands) => Execute(commands, 0);

    /// <summary>As <see cref="Run"/>; what is printed comes as JSON (libnftables-json(5)).</summary>
    public string RunJson(string commands) => Execute(commands, NftablesNative.OutputJson);

    public void Dispose()
    {
        lock (Turn)
        {
            _context.Dispose();
        }
    }

    private string Execute(string commands, uint flags)
    {
        lock (Turn)
        {
            NftablesNative.SetOutputFlags(_context, flags);
            var failed = NftablesNative.Run(_context, commands) != 0;
            var output = Marshal.PtrToStringUTF8(NftablesNative.Output(_context)) ?? string.Empty;
            var error = Marshal.PtrToStringUTF8(NftablesNative.Error(_context)) ?? string.Empty;
            return failed ? throw new NftablesException(commands, error) : output;
        }
    }
}
