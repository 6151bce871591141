using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.OpenApi;

/// <summary>The parameters that operations take.</summary>
internal static class OperationParametersTable
{
    private static readonly Dictionary<string, (string Type, string Words)> Words = new(StringComparer.Ordinal)
    {
        ["pretty"] = ("string", "If 'true', then the output is pretty printed."),
        ["allowWatchBookmarks"] = ("boolean", "Ask for events of type BOOKMARK."),
        ["continue"] = ("string", "Token of the page before, to go on where it ended."),
        ["fieldSelector"] = ("string", "Restrict the returned objects by their fields. Everything by default."),
        ["labelSelector"] = ("string", "Restrict the returned objects by their labels. Everything by default."),
        ["limit"] = ("integer", "Most objects in one answer; the rest follows with continue."),
        ["resourceVersion"] = ("string", "Which versions of objects the request may be served from."),
        ["resourceVersionMatch"] = ("string", "How resourceVersion applies to lists."),
        ["sendInitialEvents"] = ("boolean", "Start a watch with the objects that there are, ended by a bookmark."),
        ["timeoutSeconds"] = ("integer", "Time limit of the call, whatever happens."),
        ["watch"] = ("boolean", "Watch for changes and return them as a stream of events."),
        ["dryRun"] = ("string", "When present, nothing is written. The only value is All."),
        ["fieldManager"] = ("string", "Name of the actor that makes the changes."),
        ["fieldValidation"] = ("string", "What to do with unknown and doubled fields: Ignore, Warn or Strict."),
        ["force"] = ("boolean", "Take fields over from other managers. Only for apply patches."),
        ["gracePeriodSeconds"] = ("integer", "Seconds before the object is deleted. 0 deletes at once."),
        ["orphanDependents"] = ("boolean", "Deprecated: use propagationPolicy."),
        ["propagationPolicy"] = ("string", "What becomes of dependents: Orphan, Background or Foreground."),
        ["ignoreStoreReadErrorWithClusterBreakingPotential"] = ("boolean", "Delete objects that cannot be read."),
        ["namespace"] = ("string", "object name and auth scope, such as for teams and projects"),
        ["name"] = ("string", "name of the object"),
        ["path"] = ("string", "path to the resource"),
    };

    private static readonly string[] Lists =
        ["allowWatchBookmarks", "continue", "fieldSelector", "labelSelector", "limit", "resourceVersion", "resourceVersionMatch", "sendInitialEvents", "timeoutSeconds", "watch"];

    /// <summary>Names of the parameters of a verb.</summary>
    public static IReadOnlyList<string> Of(string verb) => verb switch
    {
        "list" => Lists,
        "create" or "update" => ["dryRun", "fieldManager", "fieldValidation"],
        "patch" => ["dryRun", "fieldManager", "fieldValidation", "force"],
        "delete" => ["dryRun", "gracePeriodSeconds", "orphanDependents", "propagationPolicy"],
        "deletecollection" => ["continue", "dryRun", "fieldSelector", "gracePeriodSeconds", "labelSelector", "limit", "orphanDependents", "propagationPolicy", "resourceVersion", "resourceVersionMatch", "sendInitialEvents", "timeoutSeconds"],
        _ => [],
    };

    /// <summary>A parameter: <c>name</c> and <c>namespace</c> of the path, which must be there, all others of the query.</summary>
    public static MapValue Make(string name, OpenApiForm form)
    {
        var isOfPath = name is "name" or "namespace";
        var (type, words) = Words.GetValueOrDefault(name, ("string", name));
        var parameter = new MapValue { ["name"] = name, ["in"] = isOfPath ? "path" : "query", ["description"] = words };
        if (isOfPath)
        {
            parameter["required"] = true;
        }

        if (form == OpenApiForm.V2)
        {
            parameter["type"] = type;
            parameter["uniqueItems"] = true;
        }
        else
        {
            parameter["schema"] = new MapValue { ["type"] = type, ["uniqueItems"] = true };
        }

        return parameter;
    }
}
