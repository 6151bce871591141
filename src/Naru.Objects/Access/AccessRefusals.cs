using Naru.Core.Errors;

namespace Naru.Objects.Access;

/// <summary>The words of a refusal.</summary>
public static class AccessRefusals
{
    /// <summary>The failure of an attempt that was not allowed: <c>pods "a" is forbidden: User "x" cannot get resource "pods" in API group "" in the namespace "default"</c>.</summary>
    public static NaruException ToFailure(this AccessAttempt attempt, string reason = "")
    {
        var cannot = $"User \"{attempt.User.Name}\" cannot {attempt.Verb} {What(attempt)}";
        var text = reason.Length == 0 ? cannot : $"{cannot}: {reason}";
        if (attempt.Path is not null)
        {
            return new NaruException(ErrorKind.PermissionDenied, $"forbidden: {text}") { Details = new FailureDetails() };
        }

        var resource = attempt.Group.Length == 0 ? attempt.Resource : $"{attempt.Resource}.{attempt.Group}";
        var subject = attempt.Name.Length == 0 ? resource : $"{resource} \"{attempt.Name}\"";
        return new NaruException(ErrorKind.PermissionDenied, $"{subject} is forbidden: {text}")
        {
            Details = new FailureDetails { Group = attempt.Group, Kind = attempt.Resource, Name = attempt.Name },
        };
    }

    private static string What(AccessAttempt attempt)
    {
        if (attempt.Path is { } path)
        {
            return $"path \"{path}\"";
        }

        var resource = attempt.Subresource.Length == 0 ? attempt.Resource : $"{attempt.Resource}/{attempt.Subresource}";
        var place = attempt.Namespace.Length == 0 ? "at the cluster scope" : $"in the namespace \"{attempt.Namespace}\"";
        return $"resource \"{resource}\" in API group \"{attempt.Group}\" {place}";
    }
}
