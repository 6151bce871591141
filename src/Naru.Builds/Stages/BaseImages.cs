using Naru.Core.Builds;
using Naru.Core.Errors;
using Naru.Core.Images;

namespace Naru.Builds.Stages;

/// <summary>Finds the images that FROM and <c>--from</c> name; fetches what is not here.</summary>
internal sealed class BaseImages(IImages images, IRegistries registries)
{
    public async Task<Image> GetAsync(BuildJob job, string name, Platform platform, BuildStep step, CancellationToken cancellationToken)
    {
        if (!job.Request.Pull || IsId(name))
        {
            if (Local(name, platform) is { } here)
            {
                return here;
            }
        }

        if (!ImageReference.TryParse(name, out var reference, out var problem))
        {
            throw new BuildException(job.Classic ? problem : $"failed to parse stage name \"{name}\": {problem}", line: step.Line);
        }

        try
        {
            reference = reference!.WithDefaultTag();
            var credentials = await CredentialsAsync(job.Request, reference.Registry, cancellationToken);
            var pulled = await registries.PullAsync(reference, platform, credentials, new Relay(job.Progress, step), cancellationToken);
            return pulled.Image;
        }
        catch (NaruException failure) when (failure.Kind is not (ErrorKind.ResourceExhausted or ErrorKind.Internal))
        {
            throw new BuildException(job.Classic ? failure.Message : $"{name}: failed to resolve source metadata for {reference!.Canonical}: {failure.Message}", line: step.Line, inner: failure);
        }
    }

    /// <summary>An image that is here, for a platform; null: none.</summary>
    public Image? Local(string name, Platform platform)
    {
        try
        {
            return images.Get(name, platform);
        }
        catch (NaruException missing) when (missing.Kind is ErrorKind.NotFound or ErrorKind.InvalidArgument)
        {
            return null;
        }
    }

    internal static async Task<RegistryCredentials?> CredentialsAsync(BuildRequest request, string registry, CancellationToken cancellationToken)
    {
        var asked = request.Session is null ? null : await request.Session.CredentialsAsync(registry, cancellationToken);
        if (asked is not null)
        {
            return asked;
        }

        foreach (var name in registry == ImageReference.DefaultRegistry ? [registry, "https://index.docker.io/v1/", "index.docker.io"] : new[] { registry, "https://" + registry })
        {
            if (request.Credentials.TryGetValue(name, out var credentials))
            {
                return credentials;
            }
        }

        return null;
    }

    private static bool IsId(string name) => name.StartsWith("sha256:", StringComparison.Ordinal) || (Digest.TryParse("sha256:" + name, out _));

    private sealed class Relay(IBuildProgress progress, BuildStep step) : IProgress<ImageProgress>
    {
        public void Report(ImageProgress value) => progress.Progress(step, value);
    }
}
