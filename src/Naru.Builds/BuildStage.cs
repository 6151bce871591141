using Naru.Builds.Caching;
using Naru.Builds.Contexts;
using Naru.Builds.Steps;
using Naru.Core.Containers;
using Naru.Core.Lifetime;

namespace Naru.Builds;

/// <summary>Begin of the build engine: forgets what an earlier run was in the middle of, reads the cache.</summary>
internal sealed class BuildStage(BuildDirectories directories, StepCache cache, IContainers containers) : IEngineStage
{
    public int Order => 600;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var step in containers.List().Where(c => c.Spec.DialectNotes.ContainsKey(RunContainer.StepNote) && c.Status.Phase != ContainerPhase.Exited))
        {
            await containers.RemoveAsync(step.Id.Value, new RemoveOptions(Force: true, Volumes: true), cancellationToken);
        }

        foreach (var parent in new[] { directories.Temporary, directories.Live })
        {
            foreach (var directory in Directory.EnumerateFileSystemEntries(parent))
            {
                DirectoryContext.Remove(directory);
            }
        }

        cache.Load();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
