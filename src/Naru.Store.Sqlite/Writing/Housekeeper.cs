using Naru.Store.Sqlite.Database;

namespace Naru.Store.Sqlite.Writing;

/// <summary>Keeps the file small in steps that are small beside the writes they go with. Used by the writer's thread alone.</summary>
internal sealed class Housekeeper(Connection connection, HistoryLedger ledger)
{
    private const long IdleStepBytes = 256 << 10;
    private const int VacuumStepPages = 32;
    private const int VacuumEvery = 32;
    private const long SpareFreePages = 256;
    private int _rounds;
    private bool _vacuums;

    /// <summary>Forgets history that is due, in the open group: at most twice what the group wrote and a bit.</summary>
    /// <returns>True when more is due.</returns>
    public bool Trim(WriteSession session)
    {
        var budget = (2 * session.Recorded) + IdleStepBytes;
        var last = 0L;
        while (budget > 0 && ledger.TryOldest(session.At, session.Working.Compacted, out var revision, out var bytes))
        {
            last = revision;
            budget -= bytes;
            ledger.RemoveOldest();
        }

        if (last > 0)
        {
            session.Trim(last);
        }

        return budget <= 0;
    }

    /// <summary>Gives free pages back to the disk when there are many, in the open group.</summary>
    /// <returns>True when more is to be given back.</returns>
    public bool Vacuum(bool idle)
    {
        if (idle || _rounds++ % VacuumEvery == 0)
        {
            var free = connection.Number("PRAGMA freelist_count");
            _vacuums = free > SpareFreePages + (idle ? 0 : connection.Number("PRAGMA page_count") / 4);
        }

        if (_vacuums)
        {
            connection.Execute($"PRAGMA incremental_vacuum({VacuumStepPages})");
        }

        return _vacuums;
    }
}
