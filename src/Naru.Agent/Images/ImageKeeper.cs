using System.Collections.Concurrent;
using Naru.Agent.Containers;
using Naru.Agent.Events;
using Naru.Agent.Pods;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Objects.Values;

namespace Naru.Agent.Images;

/// <summary>Brings the images that containers need, by their pull policy.</summary>
internal sealed class ImageKeeper(IImages images, IRegistries registries, PullSecrets secrets, PodEvents events, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<Image>>> _pulls = new(StringComparer.Ordinal);

    /// <summary>The image of a container, pulled where its policy asks for that.</summary>
    /// <exception cref="ConfigFailure">It cannot be had: InvalidImageName, ErrImageNeverPull, ErrImagePull.</exception>
    public async Task<Image> EnsureAsync(PodView pod, PodMember member, CancellationToken cancellationToken)
    {
        if (!ImageReference.TryParse(member.Image, out var parsed, out var problem))
        {
            var message = $"Failed to apply default image tag \"{member.Image}\": couldn't parse image name \"{member.Image}\": {problem}";
            events.Container(pod, member, true, "InspectFailed", message);
            throw new ConfigFailure("InvalidImageName", message);
        }

        var name = parsed!.WithDefaultTag();
        var policy = member.Spec.Text("imagePullPolicy") ?? (name.Tag == "latest" ? "Always" : "IfNotPresent");
        var here = images.Find(member.Image);
        if (policy != "Always" && here is not null)
        {
            events.Container(pod, member, false, "Pulled", $"Container image \"{member.Image}\" already present on machine and can be accessed by the pod");
            return here;
        }

        if (policy == "Never")
        {
            var message = $"Container image \"{member.Image}\" is not present with pull policy of Never";
            events.Container(pod, member, true, "ErrImageNeverPull", message);
            throw new ConfigFailure("ErrImageNeverPull", message);
        }

        return await PullAsync(pod, member, name, here, cancellationToken);
    }

    /// <summary>Brings the images that a container has as volumes.</summary>
    /// <exception cref="ConfigFailure">As for its own image.</exception>
    public async Task EnsureVolumesAsync(PodView pod, PodMember member, CancellationToken cancellationToken)
    {
        var mounted = member.Spec.Maps("volumeMounts").Select(static one => one.Text("name")).ToHashSet(StringComparer.Ordinal);
        foreach (var volume in pod.Spec.Maps("volumes").Where(one => one.Map("image") is not null && mounted.Contains(one.Text("name"))))
        {
            var asked = member.Spec.CloneShallow();
            asked["image"] = volume.Text("image", "reference") ?? "";
            asked["imagePullPolicy"] = volume.At("image", "pullPolicy");
            await EnsureAsync(pod, new PodMember(asked, member.Kind), cancellationToken);
        }
    }

    private async Task<Image> PullAsync(PodView pod, PodMember member, ImageReference name, Image? here, CancellationToken cancellationToken)
    {
        events.Container(pod, member, false, "Pulling", $"Pulling image \"{member.Image}\"");
        var begun = time.GetTimestamp();
        var failure = "";
        foreach (var credentials in secrets.For(pod, name.Registry))
        {
            try
            {
                var image = await ShareAsync(name, credentials, cancellationToken);
                var took = time.GetElapsedTime(begun);
                events.Container(pod, member, false, "Pulled", $"Successfully pulled image \"{member.Image}\" in {took.TotalMilliseconds:0}ms ({took.TotalMilliseconds:0}ms including waiting). Image size: {image.Size} bytes.");
                return image;
            }
            catch (NaruException refused)
            {
                failure = refused.Message;
            }
        }

        if (here is not null && IsOnlyHere(here, name))
        {
            // Made or loaded on this host and known by no registry: what is here is what was meant.
            events.Container(pod, member, false, "Pulled", $"Container image \"{member.Image}\" already present on machine; its registry does not give it: {failure}");
            return here;
        }

        var message = $"Failed to pull image \"{member.Image}\": {failure}";
        events.Container(pod, member, true, "Failed", message);
        throw new ConfigFailure("ErrImagePull", failure);
    }

    // Pods that need the same image at the same time share one pull; the pull goes on when one of them is deleted.
    private async Task<Image> ShareAsync(ImageReference name, RegistryCredentials? credentials, CancellationToken cancellationToken)
    {
        var key = $"{name.Canonical} {credentials?.User} {credentials?.Password.GetHashCode(StringComparison.Ordinal)}";
        var pull = _pulls.GetOrAdd(key, _ => new(async () => (await registries.PullAsync(name, null, credentials, Silence.Instance, CancellationToken.None)).Image));
        try
        {
            return await pull.Value.WaitAsync(cancellationToken);
        }
        finally
        {
            if (pull.Value.IsCompleted)
            {
                _pulls.TryRemove(KeyValuePair.Create(key, pull));
            }
        }
    }

    private static bool IsOnlyHere(Image image, ImageReference name) => !image.Digests.Any(one => one.StartsWith(name.FamiliarRepository + "@", StringComparison.Ordinal));

    private sealed class Silence : IProgress<ImageProgress>
    {
        public static readonly Silence Instance = new();

        public void Report(ImageProgress value)
        {
        }
    }
}
