using System.Globalization;
using Naru.Dialects.Kubernetes.Server;
using Naru.Objects.Api;

namespace Naru.Dialects.Kubernetes.Requests;

/// <summary>Reads the options of lists and watches from the query.</summary>
internal static class ListQuery
{
    public static ListOptions Read(Exchange exchange, TimeSpan? defaultTimeout)
    {
        var fields = exchange.Query("fieldSelector");
        if (exchange.Target.Name.Length > 0)
        {
            fields = $"metadata.name={exchange.Target.Name}";
        }

        return new ListOptions
        {
            LabelSelector = exchange.Query("labelSelector"),
            FieldSelector = fields,
            Limit = NumberOf(exchange, "limit") ?? 0,
            Continue = exchange.Query("continue"),
            ResourceVersion = exchange.Query("resourceVersion"),
            ResourceVersionMatch = exchange.Query("resourceVersionMatch"),
            AllowWatchBookmarks = RequestPath.IsTrue(exchange.Query("allowWatchBookmarks")),
            SendInitialEvents = exchange.Query("sendInitialEvents") is { Length: > 0 } asked ? RequestPath.IsTrue(asked) : null,
            Timeout = NumberOf(exchange, "timeoutSeconds") is { } seconds and > 0 ? TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue / 1000)) : defaultTimeout,
        };
    }

    /// <summary>A whole number of the query; null if it is not there. 400 if it is none.</summary>
    public static long? NumberOf(Exchange exchange, string name)
    {
        var text = exchange.Query(name);
        if (text.Length == 0)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw StatusFailure.BadRequest($"strconv.ParseInt: parsing \"{text}\": invalid syntax");
    }
}
