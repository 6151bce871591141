using Naru.Objects.Api;
using Naru.Objects.Kinds;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Admission.Webhooks;

/// <summary>Brings objects to the version that the rule of a webhook or policy names, and back.</summary>
internal sealed class ObjectVersions(IEnumerable<IKinds> kinds, Lazy<IObjectConversion?> conversion)
{
    private readonly IKinds? _kinds = kinds.FirstOrDefault();

    /// <summary>The object at a version: a copy, unless it stands there already.</summary>
    public async ValueTask<MapValue?> AtAsync(MapValue? body, ResourceInfo resource, CancellationToken cancellationToken)
    {
        if (body is null || body.Text("kind") != resource.Kind || body.Text("apiVersion") == resource.Resource.ApiVersion)
        {
            return body;
        }

        if (resource.IsCustom && conversion.Value is { } custom)
        {
            return await custom.ConvertAsync(body, resource, cancellationToken);
        }

        var copy = body.CloneMap();
        if (!resource.IsCustom && _kinds is not null)
        {
            return _kinds.Convert(copy, resource.GroupVersionKind);
        }

        copy["apiVersion"] = resource.Resource.ApiVersion;
        return copy;
    }
}
