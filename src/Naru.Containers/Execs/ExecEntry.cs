using Naru.Core.Containers;
using Naru.Linux.Notify;

namespace Naru.Containers.Execs;

/// <summary>A session in memory. <see cref="Session"/> is replaced as a whole; the rest belongs to its one start.</summary>
internal sealed class ExecEntry(ExecSession session)
{
    private readonly Lock _lock = new();
    private volatile ExecSession _session = session;

    public ExecSession Session => _session;

    /// <summary>The controlling side of its terminal while it lives.</summary>
    public DescriptorStream? Terminal { get; set; }

    /// <summary>When it ended; null: not yet.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Takes the one start. False when it was taken.</summary>
    public bool TryBegin()
    {
        lock (_lock)
        {
            if (!_session.CanStart)
            {
                return false;
            }

            _session = _session with { CanStart = false };
            return true;
        }
    }

    public void Update(Func<ExecSession, ExecSession> change)
    {
        lock (_lock)
        {
            _session = change(_session);
        }
    }
}
