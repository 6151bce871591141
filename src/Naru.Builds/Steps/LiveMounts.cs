using System.Text;
using Naru.Builds.Caching;
using Naru.Builds.Contexts;
using Naru.Builds.Copying;
using Naru.Builds.Dockerfiles;
using Naru.Builds.Patterns;
using Naru.Builds.Stages;
using Naru.Core.Builds;
using Naru.Core.Containers;
using Naru.Core.Images;
using Naru.Linux.Files;

namespace Naru.Builds.Steps;

/// <summary>Mounts of a RUN while its command runs; disposing takes everything away again.</summary>
internal sealed class LiveMounts(
    BuildJob job, StageState state, ISnapshots snapshots, CacheMounts caches, BuildDirectories directories, SshForwarder forwarder) : IAsyncDisposable
{
    private readonly List<MountSpec> _mounts = [];
    private readonly List<Func<ValueTask>> _undo = [];
    private int _sockets;

    public System.Collections.Immutable.ImmutableArray<MountSpec> Mounts => [.. _mounts];

    /// <summary>Variables that mounts bring.</summary>
    public List<string> Environment { get; } = [];

    public IEnumerable<string> Targets => _mounts.Select(m => m.Target);

    public async Task AddAsync(RunMount mount, FromSource? from, CancellationToken cancellationToken)
    {
        switch (mount.Kind)
        {
            case RunMountKind.Bind:
                await AddBindAsync(mount, from!, cancellationToken);
                break;
            case RunMountKind.Cache:
                await AddCacheAsync(mount, from, cancellationToken);
                break;
            case RunMountKind.Tmpfs:
                _mounts.Add(new MountSpec { Kind = MountKind.Tmpfs, Target = mount.Target, TmpfsSize = mount.Size, TmpfsMode = 0x3FF });
                break;
            case RunMountKind.Secret:
                await AddSecretAsync(mount, cancellationToken);
                break;
            default:
                await AddSshAsync(mount, cancellationToken);
                break;
        }
    }

    public void AddScript(RunScript script)
    {
        var directory = NewLive();
        Write(directory, "script", Encoding.UTF8.GetBytes(script.Content), 0x1ED, 0, 0);
        Bind(Path.Combine(directory, "script"), $"/dev/pipes/{script.Name}", readOnly: true);
    }

    public async ValueTask DisposeAsync()
    {
        for (var i = _undo.Count - 1; i >= 0; i--)
        {
            await _undo[i]();
        }
    }

    private async Task AddBindAsync(RunMount mount, FromSource from, CancellationToken cancellationToken)
    {
        var source = await from.OpenAsync(snapshots, cancellationToken);
        _undo.Add(source.DisposeAsync);
        var path = Within(source, PathText.Below(mount.Source));
        if (!source.IsContext || mount.ReadOnly)
        {
            // Layers are mounted with a writable part of their own, which is thrown away.
            Bind(path, mount.Target, mount.ReadOnly);
            return;
        }

        // The caller's files are not for the command to change: it writes to a copy.
        var copy = directories.NewContext();
        _undo.Add(() => Forget(copy));
        using var target = RootedDirectory.Open(copy);
        var below = PathText.Below(mount.Source);
        var request = new CopyRequest { Keyword = "RUN", Sources = [below.Length == 0 ? "." : below], Target = "/mount", Owner = (0, 0) };
        new TreeCopier(source.Root, target, request).Copy(CopyPlan.Make(source.Root, request, source.Ignored), cancellationToken);
        Bind(Path.Combine(copy, "mount"), mount.Target, readOnly: false);
    }

    private async Task AddCacheAsync(RunMount mount, FromSource? from, CancellationToken cancellationToken)
    {
        var taken = await caches.TakeAsync(mount, (path, token) => FillAsync(path, mount, from, token), cancellationToken);
        _undo.Add(() =>
        {
            taken.Dispose();
            return ValueTask.CompletedTask;
        });
        Bind(taken.Path, mount.Target, mount.ReadOnly);
    }

    private async Task FillAsync(string path, RunMount mount, FromSource? from, CancellationToken cancellationToken)
    {
        if (from is null)
        {
            return;
        }

        await using var source = await from.OpenAsync(snapshots, cancellationToken);
        using var target = RootedDirectory.Open(path);
        var below = PathText.Below(mount.Source);
        var request = new CopyRequest { Keyword = "RUN", Sources = [below.Length == 0 ? "." : below], Target = "/", Owner = (mount.User, mount.Group) };
        new TreeCopier(source.Root, target, request).Copy(CopyPlan.Make(source.Root, request, source.Ignored), cancellationToken);
    }

    private async Task AddSecretAsync(RunMount mount, CancellationToken cancellationToken)
    {
        var secret = job.Request.Session is null ? null : await job.Request.Session.SecretAsync(mount.Id, cancellationToken);
        if (secret is null)
        {
            if (mount.Required)
            {
                throw new BuildException($"secret {mount.Id}: not found");
            }

            return;
        }

        if (mount.Environment.Length > 0)
        {
            Environment.Add($"{mount.Environment}={Encoding.UTF8.GetString(secret)}");
        }

        if (mount.Target.Length > 0)
        {
            var directory = NewLive();
            Write(directory, "secret", secret, mount.Mode ?? 0x100, mount.User, mount.Group);
            Bind(Path.Combine(directory, "secret"), mount.Target, readOnly: true);
        }
    }

    private async Task AddSshAsync(RunMount mount, CancellationToken cancellationToken)
    {
        if (job.Request.Session is not { } session || !await session.HasSshAsync(mount.Id, cancellationToken))
        {
            if (mount.Required)
            {
                throw new BuildException($"unset ssh forward key {mount.Id}");
            }

            return;
        }

        var directory = NewLive();
        var listening = forwarder.Listen(Path.Combine(directory, "s"), session, mount);
        _undo.Add(listening.DisposeAsync);
        var target = mount.Target.Length > 0 ? mount.Target : $"/run/buildkit/ssh_agent.{_sockets++}";
        Bind(Path.Combine(directory, "s"), target, readOnly: false);
        Environment.Add($"SSH_AUTH_SOCK={target}");
        _ = state;
    }

    private static string Within(TreeSource source, string below)
    {
        try
        {
            return below.Length == 0 ? source.Path : source.Path + source.Root.Resolve(below);
        }
        catch (LinuxException problem)
        {
            throw new BuildException($"failed to mount \"/{below}\": {problem.Message}", inner: problem);
        }
    }

    private void Bind(string source, string target, bool readOnly) =>
        _mounts.Add(new MountSpec { Kind = MountKind.Bind, Source = source, Target = target, ReadOnly = readOnly });

    private string NewLive()
    {
        var directory = directories.NewLive();
        _undo.Add(() => Forget(directory));
        return directory;
    }

    private static ValueTask Forget(string directory)
    {
        DirectoryContext.Remove(directory);
        return ValueTask.CompletedTask;
    }

    private static void Write(string directory, string name, byte[] content, uint mode, uint user, uint group)
    {
        using var root = RootedDirectory.Open(directory);
        using (var file = root.OpenWrite(name, 0x180))
        {
            file.Write(content);
        }

        root.ChangeOwner(name, user, group);
        root.ChangeMode(name, mode);
    }
}
