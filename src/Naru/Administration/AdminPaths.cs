namespace Naru.Administration;

/// <summary>Paths of the administration API, which only naru's own commands speak.</summary>
internal static class AdminPaths
{
    public const string Status = "naru/v1/status";
    public const string Reclaim = "naru/v1/gc";
    public const string Backup = "naru/v1/backup";
    public const string Migrate = "naru/v1/store/migrate";
    public const string Shutdown = "naru/v1/shutdown";
    public const string Sockets = "naru/v1/sockets";
}
