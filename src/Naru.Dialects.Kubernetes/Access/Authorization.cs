using Naru.Dialects.Kubernetes.Requests;
using Naru.Dialects.Kubernetes.Server;
using Naru.Objects.Access;

namespace Naru.Dialects.Kubernetes.Access;

/// <summary>Asks whether a request may be made.</summary>
internal sealed class Authorization(IAuthorizer authorizer)
{
    /// <summary>The attempt that a request is.</summary>
    public static AccessAttempt AttemptOf(RequestTarget target, UserInfo user) => target.IsResource
        ? new AccessAttempt
        {
            User = user,
            Verb = target.Verb,
            Group = target.Group,
            Version = target.Version,
            Resource = target.Resource,
            Subresource = target.Subresource,
            Namespace = target.Namespace,
            Name = target.Name.Length > 0 ? target.Name : target.SelectedName,
        }
        : new AccessAttempt { User = user, Verb = target.Verb, Path = target.Path };

    /// <summary>Refuses what is not allowed; says in the audit log who allowed it.</summary>
    public void Check(Exchange exchange)
    {
        var attempt = AttemptOf(exchange.Target, exchange.User);
        var decision = authorizer.Authorize(attempt);
        if (exchange.Audit is { } audit)
        {
            audit.Annotate("authorization.k8s.io/decision", decision.Allowed ? "allow" : "forbid");
            audit.Annotate("authorization.k8s.io/reason", decision.Reason);
        }

        if (!decision.Allowed)
        {
            throw attempt.ToFailure(decision.Reason);
        }
    }
}
