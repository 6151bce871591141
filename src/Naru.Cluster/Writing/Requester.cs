using Naru.Objects.Access;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Cluster.Writing;

/// <summary>Requests for certificates say who made them: approvers decide by it, so it is what authentication found, never what the body claims.</summary>
internal static class Requester
{
    public static void Stamp(ResourceInfo resource, MapValue body, UserInfo user)
    {
        if (resource.Resource is not { Group: "certificates.k8s.io", Resource: "certificatesigningrequests" })
        {
            return;
        }

        var spec = body.MakeMap("spec");
        spec["username"] = user.Name;
        spec["uid"] = user.Uid.Length > 0 ? (Value)user.Uid : null;
        spec["groups"] = user.Groups.Length > 0 ? Texts(user.Groups) : null;
        var extra = new MapValue();
        foreach (var (key, values) in user.Extra)
        {
            extra[key] = Texts(values);
        }

        spec["extra"] = extra.Count > 0 ? extra : null;
    }

    private static ListValue Texts(IEnumerable<string> texts) => new(texts.Select(static text => (Value)text));
}
