using Naru.Ingress.Certificates;
using Naru.Ingress.Listening;
using Naru.Ingress.Routing;
using Naru.Objects.Selectors;
using Naru.Objects.Values;

namespace Naru.Ingress.Gateways;

/// <summary>A listener of a Gateway: what it wishes, and what became of it.</summary>
internal sealed class ListenerView(GatewayView gateway, MapValue spec)
{
    private static readonly string[] AllKinds = ["HTTPRoute", "GRPCRoute"];

    public GatewayView Gateway => gateway;

    public string Name { get; } = spec.Text("name") ?? "";

    public string Host { get; } = (spec.Text("hostname") ?? "").ToLowerInvariant();

    public int Port { get; } = (int)(spec.Integer("port") ?? 0);

    public string Protocol { get; } = spec.Text("protocol") ?? "";

    public bool IsTls => Protocol == "HTTPS";

    public MapValue Spec => spec;

    /// <summary>The socket; null where there can be none.</summary>
    public ListenerKey? Key { get; set; }

    /// <summary>The routes that are attached.</summary>
    public RouteTable Routes { get; } = new(deepWildcards: true, fallsThrough: true);

    /// <summary>Certificates for its name.</summary>
    public List<SecretCertificate> Certificates { get; } = [];

    /// <summary>How many routes are attached.</summary>
    public int Attached { get; set; }

    /// <summary>Why it cannot be taken: reason and message; null if it can.</summary>
    public (string Reason, string Message)? Refused { get; set; }

    /// <summary>What it names and cannot be used.</summary>
    public (string Reason, string Message)? Unresolved { get; set; }

    /// <summary>Another listener stands in its way.</summary>
    public (string Reason, string Message)? Conflict { get; set; }

    /// <summary>Whether requests can come in by it.</summary>
    public bool IsUsable => Refused is null && Conflict is null && Unresolved?.Reason is not ("InvalidCertificateRef" or "RefNotPermitted");

    /// <summary>The kinds of routes that may be attached.</summary>
    public IReadOnlyList<string> Kinds()
    {
        if (Protocol is not ("HTTP" or "HTTPS"))
        {
            return [];
        }

        var wished = spec.Maps("allowedRoutes", "kinds").ToList();
        return wished.Count == 0 ? AllKinds : [.. wished.Where(static one => (one.Text("group") ?? GatewayResources.Group) == GatewayResources.Group).Select(static one => one.Text("kind") ?? "").Where(AllKinds.Contains)];
    }

    /// <summary>Whether routes of a namespace may be attached.</summary>
    public bool AllowsNamespace(string @namespace, Func<string, MapValue?> labelsOf)
    {
        switch (spec.Text("allowedRoutes", "namespaces", "from") ?? "Same")
        {
            case "All":
                return true;
            case "Same":
                return @namespace == gateway.Namespace;
            case "Selector":
                return spec.Map("allowedRoutes", "namespaces", "selector") is { } selector && LabelSelector.FromBody(selector).Matches(labelsOf(@namespace));
            default:
                return false;
        }
    }
}
