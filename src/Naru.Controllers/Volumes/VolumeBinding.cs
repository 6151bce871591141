using System.Globalization;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Volumes;

/// <summary>Binds a claim and a volume to each other, in four writes each of which may be done already: the volume names the claim, says so, the claim names the volume, says so. Whoever
/// stops in between goes on later; nobody else can take either after the first.</summary>
internal static class VolumeBinding
{
    public static async Task BindAsync(IObjects objects, StoredObject volume, StoredObject claim, CancellationToken cancellationToken)
    {
        volume = await objects.ChangeAsync(VolumeWords.Volumes, "", volume.Name, tree => Promise(tree, claim), VolumeWords.Write, cancellationToken);
        await objects.ChangeAsync(VolumeWords.Volumes, "", volume.Name, static tree => tree.SetPhase("Bound"), VolumeWords.WriteStatus, cancellationToken);
        await objects.ChangeAsync(VolumeWords.Claims, claim.Namespace, claim.Name, tree => Name(tree, claim.Uid, volume.Name), VolumeWords.Write, cancellationToken);
        await objects.ChangeAsync(VolumeWords.Claims, claim.Namespace, claim.Name, tree => tree.Text("metadata", "uid") == claim.Uid && Say(tree, volume.Tree), VolumeWords.WriteStatus, cancellationToken);
    }

    /// <summary>A reference to a claim.</summary>
    public static MapValue ReferenceTo(StoredObject claim) => new(6)
    {
        ["kind"] = "PersistentVolumeClaim",
        ["namespace"] = claim.Namespace,
        ["name"] = claim.Name,
        ["uid"] = claim.Uid,
        ["apiVersion"] = "v1",
        ["resourceVersion"] = claim.Revision.ToString(CultureInfo.InvariantCulture),
    };

    private static bool Promise(MapValue volume, StoredObject claim)
    {
        if (volume.Map("spec", "claimRef") is null)
        {
            volume.Annotate(VolumeWords.BoundByController, "yes");
        }
        else if (!VolumeWords.IsFor(volume, claim))
        {
            throw NaruException.Conflict($"persistentvolume \"{volume.Text("metadata", "name")}\" is bound to another claim");
        }
        else if (volume.Text("spec", "claimRef", "uid") == claim.Uid)
        {
            return false;
        }

        volume.MakeMap("spec")["claimRef"] = ReferenceTo(claim);
        return true;
    }

    private static bool Name(MapValue claim, string uid, string volume)
    {
        var named = VolumeWords.VolumeOf(claim);
        if (claim.Text("metadata", "uid") != uid || (named.Length > 0 && named != volume))
        {
            throw NaruException.Conflict($"persistentvolumeclaim \"{claim.Text("metadata", "name")}\" is bound to another volume");
        }

        if (named.Length == 0)
        {
            claim.MakeMap("spec")["volumeName"] = volume;
            claim.Annotate(VolumeWords.BoundByController, "yes");
        }

        return claim.Annotate(VolumeWords.BindCompleted, "yes") || named.Length == 0;
    }

    private static bool Say(MapValue claim, MapValue volume)
    {
        var status = claim.MakeMap("status");
        var wasBound = status.Text("phase") == "Bound";
        var wanted = status.CloneMap();
        wanted["phase"] = "Bound";
        wanted["accessModes"] = volume.At("spec", "accessModes");

        // The size of a bound claim is what whoever grows volumes says.
        if (!wasBound || status.Map("capacity") is null)
        {
            wanted["capacity"] = volume.At("spec", "capacity");
        }

        if (wanted.DeepEquals(status))
        {
            return false;
        }

        claim["status"] = wanted.Clone();
        return true;
    }
}
