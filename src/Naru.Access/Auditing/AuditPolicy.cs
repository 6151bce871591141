using System.Collections.Immutable;
using Naru.Core.Errors;
using Naru.Objects.Access;
using Naru.Objects.Values;
using Naru.Objects.Yaml;

namespace Naru.Access.Auditing;

/// <summary>How much is kept of which requests: the first rule that matches says so; what no rule matches is not kept.</summary>
internal sealed record AuditPolicy(ImmutableArray<AuditRule> Rules, ImmutableArray<string> OmitStages)
{
    /// <summary>Metadata of everything that changes something, connects, or reads secrets; nothing of the control plane's own talk.</summary>
    public static readonly AuditPolicy Default = new(
        [
            new AuditRule { Level = AuditLevel.None, Verbs = ["get", "list", "watch"], Users = ["system:admin"] },
            new AuditRule { Level = AuditLevel.None, Resources = [new AuditResources("coordination.k8s.io", ["leases"], []), new AuditResources("", ["events"], []), new AuditResources("events.k8s.io", ["events"], [])] },
            new AuditRule { Level = AuditLevel.Metadata, Verbs = ["create", "update", "patch", "delete", "deletecollection", "connect"] },
            new AuditRule { Level = AuditLevel.Metadata, Resources = [new AuditResources("", ["secrets", "pods/exec", "pods/attach", "pods/portforward"], [])] },
        ],
        ["RequestReceived"]);

    public static AuditPolicy Load(string path)
    {
        try
        {
            return Read(YamlText.Parse(File.ReadAllBytes(path)) as MapValue ?? throw NaruException.Invalid("it is no object"));
        }
        catch (Exception exception) when (exception is NaruException or IOException or UnauthorizedAccessException)
        {
            throw new NaruException(ErrorKind.InvalidArgument, $"audit policy {path} cannot be used: {exception.Message}", exception);
        }
    }

    public static AuditPolicy Read(MapValue policy)
    {
        if (policy.Text("kind") != "Policy" || policy.Text("apiVersion") != "audit.k8s.io/v1")
        {
            throw NaruException.Invalid("it is not of kind Policy in audit.k8s.io/v1");
        }

        var rules = policy.Maps("rules").Select(ReadRule).ToImmutableArray();
        return rules.IsEmpty
            ? throw NaruException.Invalid("it has no rules")
            : new AuditPolicy([.. rules.Select(rule => rule with { OmitManagedFields = rule.OmitManagedFields || policy.Boolean("omitManagedFields") == true })], Texts(policy, "omitStages"));
    }

    /// <summary>The rule for a request; null when nothing is kept of it.</summary>
    public AuditRule? RuleFor(AccessAttempt attempt)
    {
        foreach (var rule in Rules)
        {
            if (rule.Matches(attempt))
            {
                return rule.Level == AuditLevel.None ? null : rule;
            }
        }

        return null;
    }

    private static AuditRule ReadRule(MapValue rule) => new()
    {
        Level = rule.Text("level") switch
        {
            "None" => AuditLevel.None,
            "Metadata" => AuditLevel.Metadata,
            "Request" => AuditLevel.Request,
            "RequestResponse" => AuditLevel.RequestResponse,
            var other => throw NaruException.Invalid($"a rule has the unknown level \"{other}\""),
        },
        Users = Texts(rule, "users"),
        Groups = Texts(rule, "userGroups"),
        Verbs = Texts(rule, "verbs"),
        Resources = [.. rule.Maps("resources").Select(AuditResources.Read)],
        Namespaces = Texts(rule, "namespaces"),
        Paths = Texts(rule, "nonResourceURLs"),
        OmitStages = Texts(rule, "omitStages"),
        OmitManagedFields = rule.Boolean("omitManagedFields") == true,
    };

    private static ImmutableArray<string> Texts(MapValue map, string field) => [.. map.List(field)?.Texts() ?? []];
}
