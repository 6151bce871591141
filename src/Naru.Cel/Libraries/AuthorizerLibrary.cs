using Naru.Cel.Functions;
using Naru.Cel.Runtime;
using Naru.Cel.Types;
using Naru.Objects.Access;

namespace Naru.Cel.Libraries;

/// <summary>A question to the authorizer as it is put together, and its answer.</summary>
internal sealed record AuthorizerValue(CelType Type, IAuthorizer Authorizer, AccessAttempt Attempt)
{
    /// <summary>The answer; null before it is there.</summary>
    public AccessDecision? Decision { get; init; }
}

/// <summary>Asks whether somebody may do something.</summary>
internal static class AuthorizerLibrary
{
    private const long QuestionCost = 350_000;

    public static void AddTo(FunctionBook book)
    {
        book.Add<AuthorizerValue, string>("authorizer.path(string) pathCheck", static (one, path) =>
            path.Length == 0 ? new CelError("path must not be empty") : one with { Type = RuntimeTypes.PathCheck, Attempt = one.Attempt with { Path = path } });
        book.Add<AuthorizerValue, string>("authorizer.group(string) groupCheck", static (one, group) => one with { Type = RuntimeTypes.GroupCheck, Attempt = one.Attempt with { Group = group } });
        book.Add<AuthorizerValue, string, string>("authorizer.serviceAccount(string,string) authorizer", ServiceAccount);
        book.Add<AuthorizerValue, string>("groupCheck.resource(string) resourceCheck", static (one, resource) => one with { Type = RuntimeTypes.ResourceCheck, Attempt = one.Attempt with { Resource = resource } });
        book.Add<AuthorizerValue, string>("resourceCheck.subresource(string) resourceCheck", static (one, part) => one with { Attempt = one.Attempt with { Subresource = part } });
        book.Add<AuthorizerValue, string>("resourceCheck.namespace(string) resourceCheck", static (one, name) => one with { Attempt = one.Attempt with { Namespace = name } });
        book.Add<AuthorizerValue, string>("resourceCheck.name(string) resourceCheck", static (one, name) => one with { Attempt = one.Attempt with { Name = name } });
        book.Add<AuthorizerValue, string>("resourceCheck.fieldSelector(string) resourceCheck", static (one, selector) => one with { Attempt = one.Attempt with { FieldSelector = selector } });
        book.Add<AuthorizerValue, string>("resourceCheck.labelSelector(string) resourceCheck", static (one, _) => one);
        book.Add("resourceCheck.check(string) decision", Ask);
        book.Add("pathCheck.check(string) decision", Ask);
        book.Add<AuthorizerValue>("decision.allowed() bool", static one => one.Decision!.Value.Allowed);
        book.Add<AuthorizerValue>("decision.reason() string", static one => one.Decision!.Value.Reason);
        book.Add<AuthorizerValue>("decision.errored() bool", static _ => false);
        book.Add<AuthorizerValue>("decision.error() string", static _ => "");
    }

    private static object ServiceAccount(AuthorizerValue one, string space, string name) => one with
    {
        Attempt = one.Attempt with
        {
            User = new UserInfo { Name = $"system:serviceaccount:{space}:{name}", Groups = ["system:serviceaccounts", $"system:serviceaccounts:{space}", "system:authenticated"] },
        },
    };

    private static object Ask(object[] arguments, CostMeter cost)
    {
        cost.Charge(QuestionCost);
        var one = (AuthorizerValue)arguments[0];
        return one with { Type = RuntimeTypes.Decision, Decision = one.Authorizer.Authorize(one.Attempt with { Verb = (string)arguments[1], Version = "*" }) };
    }
}
