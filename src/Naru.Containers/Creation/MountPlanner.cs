using System.Collections.Immutable;
using System.Security.Cryptography;
using Naru.Containers.Engine;
using Naru.Containers.Volumes;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Volumes;

namespace Naru.Containers.Creation;

/// <summary>
/// Works out where each mount of a new container comes from. It changes nothing: the volumes it names are made by
/// <see cref="ContainerCreation"/>.
/// </summary>
internal sealed class MountPlanner(ContainerTable table, IVolumes volumes)
{
    private static readonly ImmutableSortedDictionary<string, string> None = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The mounts: lent ones first, then those asked for, then the image's volumes where nothing is mounted yet.</summary>
    /// <exception cref="NaruException"><see cref="ErrorKind.InvalidArgument"/>: a target twice, a relative or missing path.</exception>
    public List<MountPoint> Plan(ContainerSpec spec)
    {
        var plan = new List<MountPoint>();
        foreach (var word in spec.VolumesFrom)
        {
            foreach (var lent in Lent(word))
            {
                plan.RemoveAll(mount => mount.Target == lent.Target);
                plan.Add(lent);
            }
        }

        var asked = new HashSet<string>();
        foreach (var mount in spec.Mounts)
        {
            var target = Clean(mount.Target);
            if (mount.Kind == MountKind.Volume)
            {
                VolumeSubpath.Check(mount.Subpath);
            }

            if (!asked.Add(target))
            {
                throw NaruException.Invalid($"Duplicate mount point: {target}");
            }

            plan.RemoveAll(existing => existing.Target == target);
            plan.Add(Plan(mount, target, spec));
        }

        foreach (var path in spec.AnonymousVolumes)
        {
            var target = Clean(path);
            if (!plan.Exists(mount => mount.Target == target))
            {
                plan.Add(new MountPoint
                {
                    Kind = MountKind.Volume,
                    VolumeName = NewVolumeName(),
                    Source = "",
                    Target = target,
                    Driver = "local",
                    Anonymous = true,
                });
            }
        }

        return plan;
    }

    /// <summary>What to ask of the volume store for a planned mount.</summary>
    public static VolumeSpec RequestOf(MountPoint mount) => new()
    {
        Name = mount.VolumeName,
        Anonymous = mount.Anonymous,
        Driver = mount.Driver,
        Options = mount.Spec?.VolumeOptions ?? None,
        Labels = mount.Spec?.VolumeLabels ?? None,
    };

    private static MountPoint Plan(MountSpec mount, string target, ContainerSpec spec) => mount.Kind switch
    {
        MountKind.Bind => PlanBind(mount, target),
        MountKind.Volume => new MountPoint
        {
            Kind = MountKind.Volume,
            VolumeName = mount.Source.Length > 0 ? mount.Source : NewVolumeName(),
            Source = "",
            Target = target,
            Driver = mount.VolumeDriver.Length > 0 ? mount.VolumeDriver : spec.VolumeDriver.Length > 0 ? spec.VolumeDriver : "local",
            Mode = mount.Mode,
            Writable = !mount.ReadOnly,
            Propagation = mount.Propagation,
            Anonymous = mount.Source.Length == 0,
            Spec = mount,
        },
        MountKind.Tmpfs => new MountPoint { Kind = MountKind.Tmpfs, Source = "", Target = target, Mode = mount.Mode, Writable = !mount.ReadOnly, Spec = mount },
        _ => new MountPoint { Kind = MountKind.Image, Source = mount.Source, Target = target, Mode = mount.Mode, Writable = false, Spec = mount },
    };

    private static MountPoint PlanBind(MountSpec mount, string target)
    {
        if (!mount.Source.StartsWith('/'))
        {
            throw NaruException.Invalid($"invalid mount config for type \"bind\": invalid mount path: '{mount.Source}' mount path must be absolute");
        }

        if (!mount.ShortForm && !mount.CreateSource && !Path.Exists(mount.Source))
        {
            throw NaruException.Invalid($"invalid mount config for type \"bind\": bind source path does not exist: {mount.Source}");
        }

        return new MountPoint
        {
            Kind = MountKind.Bind,
            Source = Absolute(mount.Source),
            Target = target,
            Mode = mount.Mode,
            Writable = !mount.ReadOnly,
            Propagation = mount.Propagation.Length > 0 ? mount.Propagation : "rprivate",
            Spec = mount,
        };
    }

    private IEnumerable<MountPoint> Lent(string word)
    {
        var parts = word.Split(':');
        if (parts.Length > 2 || parts[0].Length == 0 || (parts.Length == 2 && parts[1] is not ("ro" or "rw" or "z" or "Z")))
        {
            throw NaruException.Invalid($"invalid volumes-from specification: {word}");
        }

        var readOnly = parts is [_, "ro"];
        return table.Get(parts[0]).Value.Mounts
            .Where(static mount => mount.Kind is not (MountKind.Tmpfs or MountKind.Image))
            .Where(mount => mount.Kind != MountKind.Volume || volumes.Find(mount.VolumeName) is not null)
            .Select(mount => mount with { Writable = mount.Writable && !readOnly, Spec = null });
    }

    private static string Clean(string target) =>
        Absolute(target) is var clean && clean != "/" ? clean : throw NaruException.Invalid("invalid specification: destination can't be '/'");

    private static string Absolute(string path)
    {
        if (!path.StartsWith('/'))
        {
            throw NaruException.Invalid($"invalid mount path: '{path}' mount path must be absolute");
        }

        var clean = Path.GetFullPath(path);
        return clean.Length > 1 ? clean.TrimEnd('/') : clean;
    }

    private static string NewVolumeName() => RandomNumberGenerator.GetHexString(64, lowercase: true);
}
