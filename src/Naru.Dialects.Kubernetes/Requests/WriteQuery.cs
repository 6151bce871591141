using Naru.Dialects.Kubernetes.Server;
using Naru.Objects.Api;
using Naru.Objects.Kinds;

namespace Naru.Dialects.Kubernetes.Requests;

/// <summary>Reads the options of writes from the query.</summary>
internal static class WriteQuery
{
    /// <summary>The call that a request makes. 422 for options that Kubernetes refuses.</summary>
    public static ApiCall ReadCall(Exchange exchange, PatchKind? patch = null, IReadOnlyList<string>? doubled = null)
    {
        var kind = exchange.Target.Verb switch { "create" => "CreateOptions", "update" => "UpdateOptions", _ => "PatchOptions" };
        var errors = new FieldErrors();
        var manager = exchange.Query("fieldManager");
        var force = exchange.Query("force");
        if (patch == PatchKind.Apply && manager.Length == 0)
        {
            errors.Required("fieldManager", "is required for apply patch");
        }

        if (patch is not null and not PatchKind.Apply && force.Length > 0)
        {
            errors.Forbidden("force", "may not be specified for non-apply patch");
        }

        if (manager.Length > 128)
        {
            errors.Add("FieldValueTooLong", "fieldManager", "Too long: may not be more than 128 bytes");
        }
        else if (manager.Any(static one => char.IsControl(one)))
        {
            errors.Invalid("fieldManager", manager, "should only contain printable characters");
        }

        var validation = Validation(exchange.Query("fieldValidation"), errors);
        if (!errors.IsEmpty)
        {
            throw errors.ToFailure("meta.k8s.io", kind, "");
        }

        return Bare(exchange) with
        {
            DryRun = IsDryRun(exchange, kind),
            FieldManager = manager,
            Force = RequestPath.IsTrue(force),
            FieldValidation = validation,
            DoubledFields = doubled ?? [],
        };
    }

    /// <summary>The call of a reading request.</summary>
    public static ApiCall Bare(Exchange exchange) => new()
    {
        Resource = exchange.Resource!,
        Subresource = exchange.Target.Subresource,
        Namespace = exchange.Resource!.Namespaced ? exchange.Target.Namespace : "",
        User = exchange.User,
        UserAgent = exchange.Http.Request.Headers.UserAgent.ToString(),
        Warnings = exchange.Warnings,
        AuditAnnotations = exchange.AuditAnnotations,
    };

    /// <summary>The query asks for a dry run.</summary>
    public static bool IsDryRun(Exchange exchange, string kind = "DeleteOptions")
    {
        if (!exchange.Http.Request.QueryString.HasValue || !exchange.Http.Request.Query.TryGetValue("dryRun", out var asked) || asked.Count == 0)
        {
            return false;
        }

        CheckDryRun([.. asked.Select(static one => one ?? "")], kind);
        return true;
    }

    /// <summary>Refuses words that are no dry run.</summary>
    public static void CheckDryRun(IReadOnlyList<string> asked, string kind)
    {
        var errors = new FieldErrors();
        foreach (var one in asked.Where(static one => one != "All"))
        {
            errors.NotSupported("dryRun", one, "All");
        }

        if (!errors.IsEmpty)
        {
            throw errors.ToFailure("meta.k8s.io", kind, "");
        }
    }

    private static FieldValidation Validation(string text, FieldErrors errors)
    {
        switch (text)
        {
            case "" or "Warn":
                return FieldValidation.Warn;
            case "Ignore":
                return FieldValidation.Ignore;
            case "Strict":
                return FieldValidation.Strict;
            default:
                errors.NotSupported("fieldValidation", text, "", "Ignore", "Strict", "Warn");
                return FieldValidation.Warn;
        }
    }
}
