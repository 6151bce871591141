using Naru.Cluster.Catalogue;
using Naru.Core.Errors;

namespace Naru.Cluster.Writing;

/// <summary>The object core's refusals, in Kubernetes' words.</summary>
internal static class ApiFailures
{
    public static NaruException NotFound(ServedResource resource, string name) =>
        Make(ErrorKind.NotFound, resource, name, $"{resource.Info.Resource.GroupResource} \"{name}\" not found");

    public static NaruException AlreadyExists(ServedResource resource, string name) =>
        Make(ErrorKind.AlreadyExists, resource, name, $"{resource.Info.Resource.GroupResource} \"{name}\" already exists");

    public static NaruException Conflict(ServedResource resource, string name, string reason) =>
        Make(ErrorKind.Conflict, resource, name, $"Operation cannot be fulfilled on {resource.Info.Resource.GroupResource} \"{name}\": {reason}");

    public static NaruException Modified(ServedResource resource, string name) =>
        Conflict(resource, name, "the object has been modified; please apply your changes to the latest version and try again");

    public static NaruException WrongUid(ServedResource resource, string name, string wanted, string found) =>
        Conflict(resource, name, $"Precondition failed: UID in precondition: {wanted}, UID in object meta: {found}");

    public static NaruException NoSubresource(ServedResource resource, string subresource) =>
        Make(ErrorKind.NotFound, resource, "", $"the server could not find the requested resource ({resource.Info.Resource.GroupResource}/{subresource})");

    private static NaruException Make(ErrorKind kind, ServedResource resource, string name, string message) => new(kind, message)
    {
        Details = new FailureDetails { Group = resource.Info.Resource.Group, Kind = resource.Info.Resource.Resource, Name = name },
    };
}
