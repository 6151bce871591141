using Naru.Cel;
using Naru.Cel.Runtime;
using Naru.Cel.Types;
using Naru.Objects.Access;
using Naru.Objects.Admission;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Admission.Matching;

/// <summary>The variables of expressions about requests.</summary>
internal static class RequestVariables
{
    /// <summary>What every expression may speak of.</summary>
    public static readonly CelEnvironment Plain = new(new Dictionary<string, CelType>
    {
        ["object"] = CelType.Dyn,
        ["oldObject"] = CelType.Dyn,
        ["request"] = RequestFields.Request,
        ["authorizer"] = CelAuthorizer.Type,
        ["authorizer.requestResource"] = CelAuthorizer.ResourceType,
    });

    /// <summary>Their values.</summary>
    public static Dictionary<string, object> Of(AdmissionRequest request, ResourceInfo resource, MapValue? body, MapValue? old, IAuthorizer authorizer)
    {
        var review = ReviewBodies.Request(request, resource);
        review["dryRun"] = request.DryRun;
        review["options"] = request.Options;
        return new Dictionary<string, object>
        {
            ["object"] = Read(body, CelType.Dyn),
            ["oldObject"] = Read(old, CelType.Dyn),
            ["request"] = Read(review, RequestFields.Request),
            ["authorizer"] = CelAuthorizer.For(authorizer, request.User),
            ["authorizer.requestResource"] = CelAuthorizer.For(authorizer, new AccessAttempt
            {
                User = request.User,
                Verb = "",
                Group = request.Resource.Resource.Group,
                Version = request.Resource.Resource.Version,
                Resource = request.Resource.Resource.Resource,
                Subresource = request.Subresource,
                Namespace = request.Namespace,
                Name = request.Name,
            }),
        };
    }

    /// <summary>A tree for expressions; null where there is none.</summary>
    public static object Read(MapValue? tree, CelType type) => tree is null ? CelNull.Instance : TreeValues.Read(tree, type);
}
