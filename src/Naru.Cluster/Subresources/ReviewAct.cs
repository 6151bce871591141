using Microsoft.Extensions.DependencyInjection;
using Naru.Cluster.Catalogue;
using Naru.Cluster.Writing;
using Naru.Core.Errors;
using Naru.Objects.Access;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Cluster.Subresources;

/// <summary>Reviews: questions about tokens and rights, which are answered and not stored.</summary>
internal sealed class ReviewAct(IServiceProvider services, BodyReader reader) : ICreateAct
{
    public bool Handles(ServedResource resource, string subresource) =>
        subresource.Length == 0 && resource.Info.Resource.Group is "authentication.k8s.io" or "authorization.k8s.io";

    public async Task<ApiObject> ActAsync(ApiCall call, ServedResource resource, string name, MapValue body, CancellationToken cancellationToken)
    {
        reader.Read(call, resource, "", body);
        body["status"] = resource.Info.Kind switch
        {
            "TokenReview" => await ReviewTokenAsync(body, cancellationToken),
            "SelfSubjectReview" => new MapValue { { "userInfo", ReviewBodies.Write(call.User) } },
            "SelfSubjectRulesReview" => ReviewBodies.Write(Authorizer.RulesFor(call.User, body.Text("spec", "namespace") is { Length: > 0 } @namespace ? @namespace : throw NaruException.Invalid("no namespace on request"))),
            "SelfSubjectAccessReview" => Decide(body, call.User, null),
            "LocalSubjectAccessReview" => Decide(body, ReviewBodies.UserOf(body.Map("spec") ?? []), call.Namespace),
            _ => Decide(body, ReviewBodies.UserOf(body.Map("spec") ?? []), null),
        };
        return new ApiObject(null, body, true);
    }

    private IAuthorizer Authorizer => services.GetRequiredService<IAuthorizer>();

    private async Task<MapValue> ReviewTokenAsync(MapValue body, CancellationToken cancellationToken)
    {
        var token = body.Text("spec", "token") ?? "";
        if (token.Length == 0)
        {
            throw NaruException.Invalid("token is required for TokenReview in authentication");
        }

        string[] audiences = [.. body.List("spec", "audiences")?.Texts() ?? []];
        var identity = await services.GetRequiredService<IAuthenticator>().FromTokenAsync(token, audiences, cancellationToken);
        if (identity is null)
        {
            return new MapValue { { "user", new MapValue() }, { "error", "[invalid bearer token]" } };
        }

        return new MapValue
        {
            { "authenticated", true },
            { "user", ReviewBodies.Write(identity.User) },
            { "audiences", new ListValue(identity.Audiences.Select(static one => (Value)one)) },
        };
    }

    private MapValue Decide(MapValue body, UserInfo user, string? @namespace)
    {
        var spec = body.Map("spec") ?? [];
        var attempt = ReviewBodies.AttemptOf(spec, user);
        if (@namespace is not null && attempt.Namespace != @namespace)
        {
            throw NaruException.Invalid($"LocalSubjectAccessReview.authorization.k8s.io \"\" is invalid: spec.resourceAttributes.namespace: Invalid value: \"{attempt.Namespace}\": must match metadata.namespace");
        }

        var decision = Authorizer.Authorize(attempt);
        var status = new MapValue { { "allowed", decision.Allowed } };
        if (decision.Denied)
        {
            status["denied"] = true;
        }

        if (decision.Reason.Length > 0)
        {
            status["reason"] = decision.Reason;
        }

        return status;
    }
}
