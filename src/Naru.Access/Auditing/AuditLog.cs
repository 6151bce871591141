using Naru.Core.Lifetime;
using Naru.Objects.Access;

namespace Naru.Access.Auditing;

/// <summary>Begins an entry for each request that the policy keeps something of.</summary>
internal sealed class AuditLog : IAudit
{
    private readonly AuditPolicy _policy;
    private readonly AuditWriter _writer;
    private readonly TimeProvider _time;

    public AuditLog(AccessOptions options, AuditWriter writer, TimeProvider time)
    {
        _policy = options.AuditPolicyFile is { } file ? AuditPolicy.Load(file) : AuditPolicy.Default;
        (_writer, _time) = (writer, time);
    }

    public IAuditEntry? Begin(AuditRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _writer.IsOff || _policy.RuleFor(request.Attempt) is not { } rule ? null : new AuditEntry(request, rule, _policy.OmitStages, _writer, _time);
    }

    /// <summary>Where the log is written unless told otherwise.</summary>
    internal static string DefaultPath(EngineDirectories directories) => directories.DataPath("audit", "audit.log");
}
