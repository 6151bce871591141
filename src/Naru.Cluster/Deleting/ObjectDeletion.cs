using System.Globalization;
using Naru.Cluster.Caching;
using Naru.Cluster.Catalogue;
using Naru.Cluster.Forms;
using Naru.Cluster.Writing;
using Naru.Objects.Admission;
using Naru.Objects.Api;

namespace Naru.Cluster.Deleting;

/// <summary>Deletes objects: at once where nothing holds them, else by a mark (metadata.deletionTimestamp) that grace and finalizers outlive.</summary>
internal sealed class ObjectDeletion(ServedResources served, ObjectCaches caches, ObjectStore store, ObjectForms forms, AdmissionChain admission, TimeProvider time)
{
    private const int Tries = 12;

    /// <summary>Deletes or marks an object.</summary>
    public async Task<ApiDeletion> DeleteAsync(ApiCall call, string name, DeleteOptions options, CancellationToken cancellationToken)
    {
        var resource = served.Of(call.Resource);
        var cache = caches.Of(resource.Storage);
        var admitted = false;
        for (var attempt = 1; ; attempt++)
        {
            var current = cache.Get(call.Namespace, name);
            if (current is null)
            {
                await store.CatchUpAsync(cancellationToken);
                current = cache.Get(call.Namespace, name) ?? throw ApiFailures.NotFound(resource, name);
            }

            CheckPreconditions(resource, current, options);
            if (!admitted)
            {
                await AdmitAsync(call, resource, current, options, cancellationToken);
                admitted = true;
            }

            if (await TryDeleteAsync(resource, current, options, call.DryRun || options.DryRun, cancellationToken) is { } answer)
            {
                return answer;
            }

            if (attempt == Tries)
            {
                throw ApiFailures.Modified(resource, name);
            }
        }
    }

    private async Task<ApiDeletion?> TryDeleteAsync(ServedResource resource, CachedObject current, DeleteOptions options, bool dryRun, CancellationToken cancellationToken)
    {
        var stored = current.Tree;
        var marked = stored.CloneMap();
        var changed = DeletionMark.SetFinalizers(resource, marked, options.Propagation);
        var grace = resource.Rules.DeletionGrace(await forms.ToAskedAsync(stored, resource, cancellationToken), options.GracePeriodSeconds) ?? 0;
        if (grace <= 0 && !Finalization.HasFinalizers(resource, marked))
        {
            return dryRun || await store.RemoveAsync(resource, current, cancellationToken) ? new ApiDeletion(await forms.AnswerAsync(current, resource, cancellationToken), Gone: true) : null;
        }

        changed |= DeletionMark.SetTime(resource, marked, grace, time.GetUtcNow());
        if (!changed)
        {
            return new ApiDeletion(await forms.AnswerAsync(current, resource, cancellationToken), Gone: false);
        }

        if (dryRun)
        {
            return new ApiDeletion(new ApiObject(null, await forms.ToAskedAsync(marked, resource, cancellationToken)), Gone: false);
        }

        var written = await store.PutAsync(resource, current.Namespace, current.Name, marked, current.Revision, cancellationToken);
        return written is null ? null : new ApiDeletion(await forms.AnswerAsync(written, resource, cancellationToken), Gone: false);
    }

    private async Task AdmitAsync(ApiCall call, ServedResource resource, CachedObject current, DeleteOptions options, CancellationToken cancellationToken)
    {
        var request = new AdmissionRequest
        {
            Operation = AdmissionOperation.Delete,
            Resource = call.Resource,
            Subresource = call.Subresource,
            Namespace = current.Namespace,
            Name = current.Name,
            Old = await forms.ToAskedAsync(current.Tree, resource, cancellationToken),
            User = call.User,
            DryRun = call.DryRun || options.DryRun,
            Warnings = call.Warnings,
            AuditAnnotations = call.AuditAnnotations,
            Options = DeletionMark.OptionsBody(options),
        };
        await admission.MutateAsync(request, cancellationToken);
        await admission.ValidateAsync(request, cancellationToken);
    }

    private static void CheckPreconditions(ServedResource resource, CachedObject current, DeleteOptions options)
    {
        if (options.Uid is { Length: > 0 } uid && uid != current.Uid)
        {
            throw ApiFailures.Conflict(resource, current.Name, $"the UID in the precondition ({uid}) does not match the UID in record ({current.Uid}). The object might have been deleted and then recreated");
        }

        if (options.Revision is { } revision && revision != current.Revision)
        {
            throw ApiFailures.Conflict(
                resource,
                current.Name,
                string.Create(CultureInfo.InvariantCulture, $"the ResourceVersion in the precondition ({revision}) does not match the ResourceVersion in record ({current.Revision}). The object might have been modified"));
        }
    }
}
