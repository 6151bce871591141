using System.Text;
using Naru.Linux.Files;

namespace Naru.Containers.Tests.Logs;

/// <summary>Writes numbered lines as fast as it can and takes a new file when it is asked, as the monitor does.</summary>
internal sealed class FakeMonitor : IDisposable
{
    private readonly string _log;
    private readonly FileStream _control;
    private readonly Thread _listener;
    private volatile int _asked;

    internal FakeMonitor(string log, string bundle)
    {
        _log = log;
        Directory.CreateDirectory(bundle);
        using (var root = RootedDirectory.Open(bundle))
        {
            root.CreateNode("ctl", FileKind.Fifo, 0x180);
        }

        // Open for both, so that the pipe has a reader and never ends.
        _control = new FileStream(Path.Combine(bundle, "ctl"), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        _listener = new Thread(Listen) { IsBackground = true };
        _listener.Start();
    }

    internal int Rotations { get; private set; }

    public void Dispose()
    {
        _control.Write("9\n"u8);
        _listener.Join();
        _control.Dispose();
    }

    /// <summary>Writes lines, and goes on until it was asked for so many files; a rotation that never comes is not waited for for ever. Returns how many it wrote.</summary>
    internal int Write(int lines, int leastRotations = 0)
    {
        var file = new FileStream(_log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        var line = 0;
        for (; line < lines || (Rotations < leastRotations && line < 50 * lines); line++)
        {
            file.Write(Encoding.ASCII.GetBytes(LogFixture.Record(line % 60, $"line {line}")));
            if (_asked != Rotations)
            {
                var fresh = new FileStream(_log + ".tmp", FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
                file.Dispose();
                File.Move(_log + ".tmp", _log, overwrite: true);
                file = fresh;
                Rotations++;
            }
        }

        file.Dispose();
        return line;
    }

    private void Listen()
    {
        var buffer = new byte[64];
        while (true)
        {
            var count = _control.Read(buffer);
            foreach (var message in Encoding.ASCII.GetString(buffer, 0, count).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                if (message == "9")
                {
                    return;
                }

                Assert.Equal("2 0 0", message);
                _asked++;
            }
        }
    }
}
