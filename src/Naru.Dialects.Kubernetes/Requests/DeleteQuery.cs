using System.Globalization;
using Naru.Dialects.Kubernetes.Server;
using Naru.Objects.Api;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Requests;

/// <summary>Reads how to delete: from the body if there is one, else from the query.</summary>
internal static class DeleteQuery
{
    public static DeleteOptions Read(Exchange exchange, Value? body)
    {
        if (body is not null and not MapValue)
        {
            throw StatusFailure.BadRequest("couldn't get version/kind; the body is not an object");
        }

        return body is MapValue map ? OfBody(exchange, map) : OfQuery(exchange);
    }

    private static DeleteOptions OfBody(Exchange exchange, MapValue body)
    {
        if (body.Text("kind") is { Length: > 0 } kind and not "DeleteOptions")
        {
            throw StatusFailure.BadRequest($"decoded object cannot be converted to DeleteOptions: {kind}");
        }

        return new DeleteOptions
        {
            GracePeriodSeconds = body.Integer("gracePeriodSeconds"),
            Propagation = Propagation(body.Text("propagationPolicy"), body.Boolean("orphanDependents")),
            Uid = body.Text("preconditions", "uid"),
            Revision = RevisionOf(body.Text("preconditions", "resourceVersion")),
            DryRun = WriteQuery.IsDryRun(exchange) || IsDryRun(body),
            User = exchange.User,
        };
    }

    private static DeleteOptions OfQuery(Exchange exchange) => new()
    {
        GracePeriodSeconds = ListQuery.NumberOf(exchange, "gracePeriodSeconds"),
        Propagation = Propagation(
            exchange.Query("propagationPolicy"),
            exchange.Query("orphanDependents") is { Length: > 0 } orphan ? RequestPath.IsTrue(orphan) : null),
        DryRun = WriteQuery.IsDryRun(exchange),
        User = exchange.User,
    };

    private static DeletePropagation? Propagation(string? policy, bool? orphan)
    {
        var errors = new FieldErrors();
        if (!string.IsNullOrEmpty(policy) && orphan is not null)
        {
            errors.Invalid("propagationPolicy", policy, "orphanDependents and deletionPropagation cannot be both set");
        }

        DeletePropagation? wished = policy switch
        {
            null or "" => orphan switch { true => DeletePropagation.Orphan, false => DeletePropagation.Background, null => null },
            "Foreground" => DeletePropagation.Foreground,
            "Background" => DeletePropagation.Background,
            "Orphan" => DeletePropagation.Orphan,
            _ => null,
        };
        if (!string.IsNullOrEmpty(policy) && wished is null)
        {
            errors.NotSupported("propagationPolicy", policy, "Foreground", "Background", "Orphan", "nil");
        }

        return errors.IsEmpty ? wished : throw errors.ToFailure("meta.k8s.io", "DeleteOptions", "");
    }

    private static bool IsDryRun(MapValue body)
    {
        var asked = body.List("dryRun");
        if (asked is null || asked.Count == 0)
        {
            return false;
        }

        WriteQuery.CheckDryRun([.. asked.Texts()], "DeleteOptions");
        return true;
    }

    private static long? RevisionOf(string? text) =>
        string.IsNullOrEmpty(text) ? null : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision : -1;
}
