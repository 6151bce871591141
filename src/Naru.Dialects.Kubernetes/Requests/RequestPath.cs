using Microsoft.AspNetCore.Http;

namespace Naru.Dialects.Kubernetes.Requests;

/// <summary>Reads what a request addresses.</summary>
internal static class RequestPath
{
    /// <summary>Reads method, path and query.</summary>
    public static RequestTarget Read(HttpRequest request) =>
        Read(request.Method, request.Path.Value ?? "/", static (query, name) => ((IQueryCollection)query)[name].ToString(), request.Query);

    /// <summary>Reads method and path; <paramref name="query"/> gives the text of a query parameter, empty if there is none.</summary>
    public static RequestTarget Read(string method, string path, Func<object, string, string> query, object state)
    {
        if (!TrySplit(path, out var group, out var version, out var rest))
        {
            return new RequestTarget { Path = path, Verb = method.ToLowerInvariant() };
        }

        var verb = VerbOf(method);
        if (rest[0] == "watch")
        {
            rest = rest[1..];
            verb = "watch";
            if (rest.Length == 0)
            {
                return new RequestTarget { Path = path, Verb = method.ToLowerInvariant() };
            }
        }

        var target = Place(path, verb, group, version, rest);
        return target.Name.Length > 0 ? target : OfCollection(target, query, state);
    }

    private static bool TrySplit(string path, out string group, out string version, out string[] rest)
    {
        (group, version, rest) = ("", "", []);
        var isCore = path.StartsWith("/api/", StringComparison.Ordinal);
        if (!isCore && !path.StartsWith("/apis/", StringComparison.Ordinal))
        {
            return false;
        }

        var parts = path.Trim('/').Split('/');
        var head = isCore ? 2 : 3;
        if (parts.Length <= head)
        {
            return false;
        }

        group = isCore ? "" : parts[1];
        version = parts[head - 1];
        rest = parts[head..];
        return true;
    }

    private static RequestTarget Place(string path, string verb, string group, string version, string[] rest)
    {
        var space = "";
        var first = 0;
        if (rest[0] == "namespaces" && rest.Length > 1)
        {
            space = rest[1];
            if (rest.Length > 2 && !(group.Length == 0 && rest[2] is "status" or "finalize"))
            {
                first = 2;
            }
        }

        var name = rest.Length > first + 1 ? rest[first + 1] : "";
        var hasRest = rest.Length > first + 3;
        return new RequestTarget
        {
            Path = path,
            Verb = verb,
            IsResource = true,
            Group = group,
            Version = version,
            Namespace = space,
            Resource = rest[first],
            Name = name,
            Subresource = rest.Length > first + 2 ? rest[first + 2] : "",
            Rest = hasRest ? string.Join('/', rest.AsSpan(first + 3)!) : rest.Length > first + 2 && path.EndsWith('/') ? "" : null,
        };
    }

    private static RequestTarget OfCollection(RequestTarget target, Func<object, string, string> query, object state)
    {
        var verb = target.Verb switch
        {
            "get" => IsTrue(query(state, "watch")) ? "watch" : "list",
            "delete" => "deletecollection",
            var other => other,
        };
        var selected = verb is "list" or "watch" or "deletecollection" ? NameIn(query(state, "fieldSelector")) : "";
        return target with { Verb = verb, SelectedName = selected };
    }

    /// <summary>The name that a field selector asks for; empty if it asks for none.</summary>
    private static string NameIn(string selector)
    {
        if (selector.Length == 0)
        {
            return "";
        }

        foreach (var part in selector.Split(','))
        {
            var place = part.IndexOf('=', StringComparison.Ordinal);
            if (place > 0 && part[..place] == "metadata.name")
            {
                return part[place..].TrimStart('=');
            }
        }

        return "";
    }

    private static string VerbOf(string method) => method switch
    {
        "GET" or "HEAD" => "get",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => "delete",
        _ => method.ToLowerInvariant(),
    };

    /// <summary>Truth as in a query: <c>1</c>, <c>true</c>, or the bare name.</summary>
    public static bool IsTrue(string text) => text is "1" || text.Equals("true", StringComparison.OrdinalIgnoreCase);
}
