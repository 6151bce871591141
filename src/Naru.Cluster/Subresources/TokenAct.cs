using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Naru.Cluster.Caching;
using Naru.Cluster.Catalogue;
using Naru.Cluster.Writing;
using Naru.Core.Errors;
using Naru.Objects.Access;
using Naru.Objects.Api;
using Naru.Objects.Kinds;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Cluster.Subresources;

/// <summary><c>serviceaccounts/token</c>.</summary>
internal sealed class TokenAct(ObjectCaches caches, IServiceProvider services) : ICreateAct
{
    private const long Shortest = 600;
    private const long Longest = 1L << 32;
    private const long Usual = 3600;

    public bool Handles(ServedResource resource, string subresource) => subresource == "token" && resource.Info.Resource is { Group: "", Resource: "serviceaccounts" };

    public Task<ApiObject> ActAsync(ApiCall call, ServedResource resource, string name, MapValue body, CancellationToken cancellationToken)
    {
        var account = caches.Of(new GroupResource("", "serviceaccounts")).Get(call.Namespace, name) ?? throw ApiFailures.NotFound(resource, name);
        var spec = body.MakeMap("spec");
        var seconds = spec.Integer("expirationSeconds") ?? Usual;
        Validate(name, spec, seconds);
        var issued = services.GetRequiredService<ITokenIssuer>().Issue(new TokenWish(
            call.Namespace, name, account.Uid, [.. spec.List("audiences")?.Texts() ?? []], TimeSpan.FromSeconds(seconds), BoundOf(call, name, spec)));
        spec["expirationSeconds"] = seconds;
        body["status"] = new MapValue
        {
            { "token", issued.Token },
            { "expirationTimestamp", issued.Expires.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) },
        };
        return Task.FromResult(new ApiObject(null, body, true));
    }

    private static void Validate(string name, MapValue spec, long seconds)
    {
        var errors = new FieldErrors();
        if (seconds < Shortest)
        {
            errors.Invalid("spec.expirationSeconds", seconds, "may not specify a duration less than 10 minutes");
        }
        else if (seconds > Longest)
        {
            errors.Invalid("spec.expirationSeconds", seconds, "may not specify a duration larger than 2^32 seconds");
        }

        if (!errors.IsEmpty)
        {
            throw errors.ToFailure("authentication.k8s.io", "TokenRequest", name);
        }

        _ = spec;
    }

    private BoundObject? BoundOf(ApiCall call, string account, MapValue spec)
    {
        if (spec.Map("boundObjectRef") is not { } reference)
        {
            return null;
        }

        var (kind, name) = (reference.Text("kind") ?? "", reference.Text("name") ?? "");
        var resource = kind switch
        {
            "Pod" => new GroupResource("", "pods"),
            "Secret" => new GroupResource("", "secrets"),
            "Node" => new GroupResource("", "nodes"),
            _ => throw NaruException.Invalid($"cannot bind token to object of type {reference.Text("apiVersion")}, Kind={kind}"),
        };
        var bound = caches.Of(resource).Get(kind == "Node" ? "" : call.Namespace, name) ?? throw NaruException.NotFound($"{resource} \"{name}\" not found");
        if (reference.Text("uid") is { Length: > 0 } uid && uid != bound.Uid)
        {
            throw NaruException.Conflict($"the UID in the bound object reference ({uid}) does not match the UID in record. The object might have been deleted and then recreated");
        }

        if (kind != "Pod")
        {
            return new BoundObject(kind, name, bound.Uid);
        }

        if ((bound.Tree.Text("spec", "serviceAccountName") ?? "default") != account)
        {
            throw NaruException.Invalid($"cannot bind token for serviceaccount \"{account}\" to pod running with different serviceaccount name.");
        }

        var node = bound.Tree.Text("spec", "nodeName") ?? "";
        var nodeUid = node.Length == 0 ? "" : caches.Of(new GroupResource("", "nodes")).Get("", node)?.Uid ?? "";
        return new BoundObject(kind, name, bound.Uid, node, nodeUid);
    }
}
