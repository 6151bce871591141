using Naru.Core.Errors;
using Naru.Dialects.Kubernetes.Answers;
using Naru.Dialects.Kubernetes.Requests;
using Naru.Dialects.Kubernetes.Server;
using Naru.Dialects.Kubernetes.Watching;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Resources;

/// <summary>Answers requests for resources: reads options and body, asks the object core, sends what it says.</summary>
internal sealed class ResourceEndpoint(IObjectApi api, AnswerSender sender, WatchEndpoint watches, KubernetesDialectOptions options)
{
    // Kinds whose objects are sent back when a deletion takes them away at once; the others answer with a Status.
    private static readonly HashSet<string> ReturnedWhenDeleted =
        ["pods", "services", "serviceaccounts", "podtemplates", "persistentvolumes", "persistentvolumeclaims", "resourcequotas", "replicationcontrollers"];

    /// <summary>Answers. The resource of the exchange is found, its subresource is not one of those that open a stream.</summary>
    public Task HandleAsync(Exchange exchange)
    {
        var form = AnswerNegotiation.Negotiate(exchange.Http.Request, ProtobufForm.Has(exchange.Resource), IsKept(exchange));
        return exchange.Target.Verb switch
        {
            "get" => GetAsync(exchange, form),
            "list" => ListAsync(exchange, form),
            "watch" => watches.HandleAsync(exchange, form),
            "create" => CreateAsync(exchange, form),
            "update" => UpdateAsync(exchange, form),
            "patch" => PatchAsync(exchange, form),
            "delete" => DeleteAsync(exchange, form),
            "deletecollection" => DeleteCollectionAsync(exchange, form),
            _ => throw StatusFailure.MethodNotAllowed(),
        };
    }

    // Reviews and the like are answered and forgotten: they have no metadata to show.
    private static bool IsKept(Exchange exchange) => exchange.Resource?.Verbs.Contains("get") != false;

    private async Task GetAsync(Exchange exchange, AnswerForm form)
    {
        var read = new ReadOptions { ResourceVersion = exchange.Query("resourceVersion") };
        var found = await api.GetAsync(WriteQuery.Bare(exchange), exchange.Target.Name, read, exchange.Cancellation);
        await sender.SendAsync(exchange, found, 200, form);
    }

    private async Task ListAsync(Exchange exchange, AnswerForm form)
    {
        if (form.Shape == Shape.Table)
        {
            AnswerSender.TableObjectOf(exchange);
        }

        var list = await api.ListAsync(WriteQuery.Bare(exchange), ListQuery.Read(exchange, null), exchange.Cancellation);
        await sender.SendAsync(exchange, list, form);
    }

    private async Task CreateAsync(Exchange exchange, AnswerForm form)
    {
        var body = await ReadBodyAsync(exchange);
        var call = WriteQuery.ReadCall(exchange, doubled: body.Doubled);
        var made = await api.CreateAsync(call, exchange.Target.Name, (MapValue)body.Value!, exchange.Cancellation);
        await sender.SendAsync(exchange, made, 201, form);
    }

    private async Task UpdateAsync(Exchange exchange, AnswerForm form)
    {
        var body = await ReadBodyAsync(exchange);
        var call = WriteQuery.ReadCall(exchange, doubled: body.Doubled);
        var made = await api.UpdateAsync(call, exchange.Target.Name, (MapValue)body.Value!, exchange.Cancellation);
        await sender.SendAsync(exchange, made, made.Created ? 201 : 200, form);
    }

    private async Task PatchAsync(Exchange exchange, AnswerForm form)
    {
        var (kind, body) = await RequestBody.ReadPatchAsync(exchange, options.BodyLimit, hasStrategic: !exchange.Resource!.IsCustom);
        var call = WriteQuery.ReadCall(exchange, kind, body.Doubled);
        var made = await api.PatchAsync(call, exchange.Target.Name, kind, body.Value!, exchange.Cancellation);
        await sender.SendAsync(exchange, made, made.Created ? 201 : 200, form);
    }

    private async Task DeleteAsync(Exchange exchange, AnswerForm form)
    {
        var body = await RequestBody.ReadAsync(exchange, options.BodyLimit, hasProtobuf: true);
        var how = DeleteQuery.Read(exchange, body.Value);
        var call = WriteQuery.Bare(exchange) with { DryRun = how.DryRun };
        var deletion = await api.DeleteAsync(call, exchange.Target.Name, how, exchange.Cancellation);
        if (!deletion.Gone || (exchange.Target.Group.Length == 0 && ReturnedWhenDeleted.Contains(exchange.Target.Resource)))
        {
            await sender.SendAsync(exchange, deletion.Object, 200, form);
            return;
        }

        var status = StatusMap.Success(new FailureDetails
        {
            Group = exchange.Target.Group,
            Kind = exchange.Target.Resource,
            Name = exchange.Target.Name,
            Uid = deletion.Object.Stored?.Uid ?? deletion.Object.Body?.Text("metadata", "uid") ?? "",
        });
        await sender.SendAsync(exchange, status, 200, form with { Shape = Shape.Whole });
    }

    private async Task DeleteCollectionAsync(Exchange exchange, AnswerForm form)
    {
        var body = await RequestBody.ReadAsync(exchange, options.BodyLimit, hasProtobuf: true);
        var how = DeleteQuery.Read(exchange, body.Value);
        var call = WriteQuery.Bare(exchange) with { DryRun = how.DryRun };
        var list = await api.DeleteCollectionAsync(call, ListQuery.Read(exchange, null), how, exchange.Cancellation);
        await sender.SendAsync(exchange, list, form);
    }

    private async ValueTask<RequestBody> ReadBodyAsync(Exchange exchange)
    {
        var body = await RequestBody.ReadAsync(exchange, options.BodyLimit, ProtobufForm.Has(exchange.Resource));
        if (body.Value is null && exchange.Target.Subresource.Length > 0)
        {
            // Some clients make a subresource (an eviction) by an empty body.
            return body with { Value = new MapValue() };
        }

        return body.Value is MapValue ? body : throw StatusFailure.BadRequest(body.Value is null
            ? $"the body of the request is empty: a {exchange.Resource!.Kind} is expected"
            : $"the object provided is unrecognized (must be of type {exchange.Resource!.Kind}): the body is not an object");
    }

    /// <summary>Refuses what the resource does not have: a verb, a subresource, a place.</summary>
    public static void CheckRoute(Exchange exchange)
    {
        var (target, resource) = (exchange.Target, exchange.Resource!);
        if (target.Subresource.Length > 0)
        {
            var part = resource.Subresources.FirstOrDefault(one => one.Name == target.Subresource) ?? throw StatusFailure.NoSuchPath();

            // What is proxied is another server's: it may be asked what it can do.
            CheckVerb(part.Verbs.Contains(target.Verb) || target is { Subresource: "proxy", Verb: "options" });
            if (target.Rest is not null && target.Subresource != "proxy")
            {
                throw StatusFailure.NoSuchPath();
            }
        }
        else
        {
            var needsName = target.Verb is "get" or "update" or "patch" or "delete";
            CheckVerb(resource.Verbs.Contains(target.Verb) && (target.Verb == "watch" || needsName == target.Name.Length > 0));
        }

        CheckPlace(target, resource);
    }

    private static void CheckPlace(RequestTarget target, ResourceInfo resource)
    {
        if (!resource.Namespaced && target.Namespace.Length > 0 && target.Resource != "namespaces")
        {
            throw StatusFailure.NoSuchPath();
        }

        if (resource.Namespaced && target.Namespace.Length == 0 && target.Verb is not ("list" or "watch"))
        {
            throw target.Name.Length > 0 || target.Verb is "create" or "deletecollection" ? StatusFailure.MethodNotAllowed() : StatusFailure.NoSuchPath();
        }
    }

    private static void CheckVerb(bool isThere)
    {
        if (!isThere)
        {
            throw StatusFailure.MethodNotAllowed();
        }
    }
}
