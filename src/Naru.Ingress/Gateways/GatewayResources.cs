using Naru.Objects.Resources;

namespace Naru.Ingress.Gateways;

/// <summary>The resources of the Gateway API.</summary>
internal static class GatewayResources
{
    public const string Group = "gateway.networking.k8s.io";

    /// <summary>What classes of ours name as their controller.</summary>
    public const string Controller = "naru.dev/gateway";

    public static readonly GroupResource Definitions = new("apiextensions.k8s.io", "customresourcedefinitions");
    public static readonly GroupResource Classes = new(Group, "gatewayclasses");
    public static readonly GroupResource Gateways = new(Group, "gateways");
    public static readonly GroupResource HttpRoutes = new(Group, "httproutes");
    public static readonly GroupResource GrpcRoutes = new(Group, "grpcroutes");
    public static readonly GroupResource Grants = new(Group, "referencegrants");

    public static readonly GroupResource[] All = [Classes, Gateways, HttpRoutes, GrpcRoutes, Grants];
}
