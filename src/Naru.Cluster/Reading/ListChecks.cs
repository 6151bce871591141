using Naru.Objects.Api;
using Naru.Objects.Kinds;

namespace Naru.Cluster.Reading;

/// <summary>Which options of lists and watches go together.</summary>
internal static class ListChecks
{
    internal const string Exact = "Exact";
    private const string Match = "resourceVersionMatch";
    private const string NotOlderThan = "NotOlderThan";

    /// <summary>Refuses options that a list cannot have.</summary>
    public static void List(ListOptions options)
    {
        var errors = new FieldErrors();
        if (options.SendInitialEvents is not null)
        {
            errors.Forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list");
        }

        if (options.Limit < 0)
        {
            errors.Invalid("limit", options.Limit, "must be greater than or equal to 0");
        }

        if (options.Continue.Length > 0 && options.ResourceVersion is not ("" or "0"))
        {
            errors.Forbidden("resourceVersion", "specifying resource version is not allowed when using continue");
        }

        if (options.ResourceVersionMatch.Length > 0)
        {
            if (options.Continue.Length > 0)
            {
                errors.Forbidden(Match, "resourceVersionMatch is forbidden when continue is provided");
            }
            else if (options.ResourceVersion.Length == 0)
            {
                errors.Forbidden(Match, "resourceVersionMatch is forbidden unless resourceVersion is provided");
            }

            CheckMatch(options, errors);
        }

        ThrowIfAny(errors);
    }

    /// <summary>Refuses options that a watch cannot have.</summary>
    public static void Watch(ListOptions options)
    {
        var errors = new FieldErrors();
        if (options.SendInitialEvents is null)
        {
            if (options.ResourceVersionMatch.Length > 0)
            {
                errors.Forbidden(Match, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
            }
        }
        else
        {
            if (options.ResourceVersionMatch != NotOlderThan)
            {
                errors.Forbidden(Match, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
            }

            if (options.SendInitialEvents == true && !options.AllowWatchBookmarks)
            {
                errors.Forbidden("allowWatchBookmarks", "sendInitialEvents requires setting allowWatchBookmarks to true");
            }
        }

        ThrowIfAny(errors);
    }

    private static void CheckMatch(ListOptions options, FieldErrors errors)
    {
        if (options.ResourceVersionMatch is not (Exact or NotOlderThan))
        {
            errors.NotSupported(Match, options.ResourceVersionMatch, Exact, NotOlderThan, "");
        }
        else if (options.ResourceVersionMatch == Exact && options.ResourceVersion == "0")
        {
            errors.Forbidden(Match, "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
        }
    }

    private static void ThrowIfAny(FieldErrors errors)
    {
        if (!errors.IsEmpty)
        {
            throw errors.ToFailure("meta.k8s.io", "ListOptions", "");
        }
    }
}
