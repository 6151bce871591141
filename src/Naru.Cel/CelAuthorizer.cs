using Naru.Cel.Libraries;
using Naru.Cel.Runtime;
using Naru.Cel.Types;
using Naru.Objects.Access;

namespace Naru.Cel;

/// <summary>The variable by which expressions ask who may do what.</summary>
public static class CelAuthorizer
{
    /// <summary>The type of <c>authorizer</c>.</summary>
    public static CelType Type => RuntimeTypes.Authorizer;

    /// <summary>The type of <c>authorizer.requestResource</c>.</summary>
    public static CelType ResourceType => RuntimeTypes.ResourceCheck;

    /// <summary>Asks for a user.</summary>
    public static object For(IAuthorizer authorizer, UserInfo user) => new AuthorizerValue(RuntimeTypes.Authorizer, authorizer, new AccessAttempt { User = user, Verb = "" });

    /// <summary>Asks about a resource.</summary>
    public static object For(IAuthorizer authorizer, AccessAttempt attempt) => new AuthorizerValue(RuntimeTypes.ResourceCheck, authorizer, attempt);
}
