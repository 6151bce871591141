using Naru.Builds.Caching;
using Naru.Builds.Copying;
using Naru.Builds.Dockerfiles;
using Naru.Builds.Patterns;
using Naru.Builds.Stages;
using Naru.Core.Builds;
using Naru.Core.Images;

namespace Naru.Builds.Steps;

/// <summary>Understands the mounts of one RUN and finds what they stand on, before the cache is asked.</summary>
internal sealed class RunMounts(ISnapshots snapshots, CacheMounts caches, BuildDirectories directories, SshForwarder forwarder)
{
    public async Task<PreparedMounts> PrepareAsync(
        BuildJob job, IStageResults stages, Stage stage, StageState state, RunInstruction run, BuildStep step, CancellationToken cancellationToken)
    {
        var prepared = new PreparedMounts(job, state, snapshots, caches, directories, forwarder);
        try
        {
            foreach (var text in run.Mounts)
            {
                var mount = Complete(MountParser.Parse(Expansion.Word(text, job.File.Escape, state.Lookup)), state);
                await AddAsync(prepared, job, stages, stage, mount, step, cancellationToken);
            }

            return prepared;
        }
        catch
        {
            await prepared.DisposeAsync();
            throw;
        }
    }

    private static RunMount Complete(RunMount mount, StageState state)
    {
        var target = mount.Target;
        var id = mount.Id;
        switch (mount.Kind)
        {
            case RunMountKind.Cache:
                target = Metadata.Workdir(state, target);
                id = id.Length == 0 ? target : id;
                break;
            case RunMountKind.Secret:
                id = id.Length == 0 ? PathText.NameOf(mount.Source.Length > 0 ? mount.Source : target) : id;
                target = target.Length > 0 ? Metadata.Workdir(state, target) : mount.Environment.Length > 0 ? "" : "/run/secrets/" + PathText.NameOf(id);
                break;
            case RunMountKind.Ssh:
                id = id.Length == 0 ? "default" : id;
                target = target.Length == 0 ? "" : Metadata.Workdir(state, target);
                break;
            default:
                target = Metadata.Workdir(state, target);
                break;
        }

        if (target == "/")
        {
            throw new BuildException("invalid mount target \"/\"");
        }

        return mount with { Target = target, Id = id };
    }

    private static async Task AddAsync(PreparedMounts prepared, BuildJob job, IStageResults stages, Stage stage, RunMount mount, BuildStep step, CancellationToken cancellationToken)
    {
        if (mount.Kind is not (RunMountKind.Bind or RunMountKind.Cache) || (mount.Kind == RunMountKind.Cache && mount.From.Length == 0))
        {
            prepared.Add(mount, null, $"{mount.Kind} {mount.Id} {mount.Target} {mount.Environment} {mount.User} {mount.Group} {mount.Mode}");
            return;
        }

        var from = mount.From == "scratch" ? new FromSource { State = new StageState { Platform = job.Target } }
            : await FromSource.FindAsync(job, stages, stage, mount.From, step, cancellationToken);
        var source = PathText.Below(mount.Source);
        var fact = $"{mount.Kind} {mount.Target} {mount.ReadOnly} {source} ";
        if (mount.Kind == RunMountKind.Cache)
        {
            fact += mount.Id;
        }
        else if (from.State is { } state)
        {
            fact += state.Layers.ChainId?.Value ?? "scratch";
        }
        else
        {
            await using var tree = await TreeSource.OpenAsync(from.Files!, cancellationToken);
            if (tree.Root.TryStat(source) is null)
            {
                throw new BuildException($"failed to calculate checksum of ref: \"/{source}\": not found");
            }

            var plan = CopyPlan.Make(tree.Root, new CopyRequest { Keyword = "RUN", Sources = [source.Length == 0 ? "." : source], Target = "/" }, tree.Ignored);
            fact += CopyDigest.Of(tree.Root, plan, owners: false, cancellationToken).Value;
        }

        prepared.Add(mount, from, fact);
    }
}
