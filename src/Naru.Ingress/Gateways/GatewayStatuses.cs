using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Ingress.Ingresses;
using Naru.Ingress.Listening;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Ingress.Gateways;

/// <summary>Tells in the statuses of classes, Gateways and routes what became of them.</summary>
internal sealed partial class GatewayStatuses(IObjects objects, GatewaySet gateways, ListenerSet sockets, PublishedAddresses addresses, TimeProvider time, ILogger<GatewayStatuses> logger)
{
    private static readonly WriteOptions Writing = new() { Subresource = "status", FieldManager = "naru-ingress" };

    /// <summary>Writes what is not there yet.</summary>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        foreach (var one in gateways.Classes)
        {
            await WriteAsync(GatewayResources.Classes, one, (status, now) => SetConditions(status, [Conditions.One("Accepted", true, "Accepted", "", GenerationOf(one))], now), cancellationToken);
        }

        foreach (var gateway in gateways.Gateways)
        {
            await WriteAsync(GatewayResources.Gateways, gateway.Stored, (status, now) => SetGateway(gateway, status, now), cancellationToken);
        }

        foreach (var route in gateways.Routes)
        {
            await WriteAsync(route.Kind == "HTTPRoute" ? GatewayResources.HttpRoutes : GatewayResources.GrpcRoutes, route.Stored, (status, now) => SetParents(route, status, now), cancellationToken);
        }
    }

    private async Task WriteAsync(GroupResource resource, StoredObject seen, Action<MapValue, string> set, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        if (objects.Get(resource, seen.Namespace, seen.Name) is not { } current || current.Uid != seen.Uid || !Change(current.Tree.CloneMap()))
        {
            return;
        }

        try
        {
            await objects.ChangeAsync(resource, seen.Namespace, seen.Name, Change, Writing, cancellationToken);
        }
        catch (NaruException failure)
        {
            // It is gone, or its schema is another's: what it does is not in danger.
            LogFailed(resource.ToString(), seen.Name, failure.Message);
        }

        bool Change(MapValue tree)
        {
            var before = tree["status"]?.Clone();
            set(tree.MakeMap("status"), now);
            return before is null || !before.DeepEquals(tree["status"]);
        }
    }

    private void SetGateway(GatewayView gateway, MapValue status, string now)
    {
        var generation = GenerationOf(gateway.Stored);
        var listeners = new ListValue();
        foreach (var listener in gateway.Listeners)
        {
            var old = status.Maps("listeners").FirstOrDefault(one => one.Text("name") == listener.Name);
            listeners.Add(new MapValue
            {
                { "name", listener.Name },
                { "supportedKinds", new ListValue(listener.Kinds().Select(static kind => new MapValue { { "group", GatewayResources.Group }, { "kind", kind } })) },
                { "attachedRoutes", listener.Attached },
                { "conditions", Conditions.Merge(old?.List("conditions"), ListenerConditions(listener, generation), now) },
            });
        }

        var known = addresses.All();
        if (known.Count > 0)
        {
            status["addresses"] = new ListValue(known.Select(static one => new MapValue { { "type", IPAddress.TryParse(one, out _) ? "IPAddress" : "Hostname" }, { "value", one } }));
        }

        status["listeners"] = listeners;
        SetConditions(status, GatewayConditions(gateway, known.Count > 0, generation), now);
    }

    private List<MapValue> GatewayConditions(GatewayView gateway, bool hasAddress, long generation)
    {
        var bad = gateway.Listeners.Count(static one => !one.IsUsable);
        var closed = gateway.Listeners.Any(one => one.IsUsable && sockets.PortOf(one.Key) == 0);
        (string, string)? problem = !hasAddress ? ("AddressNotAssigned", "There is no address yet")
            : bad == gateway.Listeners.Count ? ("Invalid", "No listener can be used")
            : closed ? ("Pending", "A port could not be opened")
            : null;
        return
        [
            bad == 0 ? Conditions.One("Accepted", true, "Accepted", "", generation)
                : Conditions.One("Accepted", bad < gateway.Listeners.Count || gateway.Listeners.All(static one => one.Refused is null && one.Conflict is null), "ListenersNotValid", $"{bad} of {gateway.Listeners.Count} listeners cannot be used", generation),
            Conditions.Judge("Programmed", problem, generation),
        ];
    }

    private List<MapValue> ListenerConditions(ListenerView listener, long generation)
    {
        var problem = listener.IsUsable && sockets.PortOf(listener.Key) == 0
            ? ("Pending", listener.Key is { } key && sockets.ProblemOf(key) is { Length: > 0 } reason ? reason : "The port is not open")
            : listener.IsUsable ? ((string, string)?)null : ("Invalid", "The listener cannot be used");
        return
        [
            Conditions.Judge("Accepted", listener.Refused ?? listener.Conflict, generation),
            Conditions.Judge("ResolvedRefs", listener.Unresolved, generation),
            listener.Conflict is { } conflict ? Conditions.One("Conflicted", true, conflict.Reason, conflict.Message, generation) : Conditions.One("Conflicted", false, "NoConflicts", "", generation),
            Conditions.Judge("Programmed", problem, generation),
        ];
    }

    /// <summary>Our parents anew; those that other controllers wrote stay.</summary>
    private static void SetParents(RouteView route, MapValue status, string now)
    {
        var old = status.Maps("parents").ToList();
        var parents = new ListValue(old.Where(static one => one.Text("controllerName") != GatewayResources.Controller).Select(static one => one.Clone()));
        var generation = GenerationOf(route.Stored);
        foreach (var (reference, refused) in route.Parents)
        {
            var before = old.Find(one => one.Text("controllerName") == GatewayResources.Controller && reference.DeepEquals(one["parentRef"]));
            MapValue[] conditions = [Conditions.Judge("Accepted", refused, generation), Conditions.Judge("ResolvedRefs", route.Unresolved, generation)];
            parents.Add(new MapValue { { "parentRef", reference.Clone() }, { "controllerName", GatewayResources.Controller }, { "conditions", Conditions.Merge(before?.List("conditions"), conditions, now) } });
        }

        status["parents"] = parents;
    }

    private static void SetConditions(MapValue status, IReadOnlyList<MapValue> wished, string now) => status["conditions"] = Conditions.Merge(status.List("conditions"), wished, now);

    private static long GenerationOf(StoredObject one) => one.Tree.Integer("metadata", "generation") ?? 0;

    [LoggerMessage(18071, LogLevel.Debug, "The status of {Resource} {Name} could not be written: {Reason}")]
    private partial void LogFailed(string resource, string name, string reason);
}
