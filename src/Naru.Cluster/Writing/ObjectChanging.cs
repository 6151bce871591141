using Naru.Cluster.Caching;
using Naru.Cluster.Catalogue;
using Naru.Cluster.Forms;
using Naru.Objects.Admission;
using Naru.Objects.Api;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Cluster.Writing;

/// <summary>
/// Changes objects that stand: update, patch and apply, of the object or of a subresource. Reads what stands, lets the caller make the wished tree from it, and writes it if nobody wrote meanwhile;
/// otherwise it begins anew, unless the caller named the revision that it had read. (1) What is the server's stays as it is, (2) defaults, (3) mutating admission, (4) what the kind keeps,
/// (5) who manages what, (6) validation, (7) validating admission, (8) nothing changed: nothing written; (9) the write, or the deletion of an object whose last finalizer went.
/// </summary>
internal sealed class ObjectChanging(ServedResources served, ObjectCaches caches, ObjectStore store, ObjectForms forms, AdmissionChain admission, FieldTracking tracking, KindChecks checks, ObjectCreation creation)
{
    private const int Tries = 12;

    // The server's own: what a client says of them counts only as a condition.
    private static readonly string[] Kept = ["uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"];

    /// <summary>Changes an object. <paramref name="make"/> gets the standing tree at the version asked for (a copy; null if there is none and <paramref name="mayCreate"/>) and returns the wished one.</summary>
    public async Task<ApiObject> ChangeAsync(ApiCall call, string name, Func<MapValue?, MapValue> make, bool mayCreate, bool isApply, CancellationToken cancellationToken)
    {
        var resource = served.Of(call.Resource);
        var cache = caches.Of(resource.Storage);
        for (var attempt = 1; ; attempt++)
        {
            var current = cache.Get(call.Namespace, name);
            if (current is null)
            {
                await store.CatchUpAsync(cancellationToken);
                current = cache.Get(call.Namespace, name);
            }

            if (current is null)
            {
                return await CreateInsteadAsync(call, resource, name, mayCreate ? make(null) : throw ApiFailures.NotFound(resource, name), isApply, cancellationToken);
            }

            var old = await forms.ToAskedAsync(current.Tree, resource, cancellationToken);
            var body = make(old.CloneMap());
            CheckConditions(resource, name, current, body, out var conditional);
            if (await TryWriteAsync(call, resource, current, old, body, isApply, cancellationToken) is { } answer)
            {
                return answer;
            }

            if (conditional || attempt == Tries)
            {
                throw ApiFailures.Modified(resource, name);
            }
        }
    }

    private async Task<ApiObject> CreateInsteadAsync(ApiCall call, ServedResource resource, string name, MapValue body, bool isApply, CancellationToken cancellationToken)
    {
        var metadata = body.MakeMap("metadata");
        if (metadata.Text("uid") is { Length: > 0 } uid)
        {
            throw ApiFailures.WrongUid(resource, name, uid, "");
        }

        if (metadata.Text("resourceVersion") is { Length: > 0 } and not "0")
        {
            throw ApiFailures.NotFound(resource, name);
        }

        metadata.Remove("resourceVersion");
        metadata["name"] = name;
        return await creation.WriteAsync(call, resource, body, cancellationToken, isApply);
    }

    private static void CheckConditions(ServedResource resource, string name, CachedObject current, MapValue body, out bool conditional)
    {
        var metadata = body.MakeMap("metadata");
        var revision = metadata.Text("resourceVersion") ?? "";
        conditional = revision.Length > 0 && revision != "0";
        if (conditional && revision != current.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture))
        {
            throw ApiFailures.Modified(resource, name);
        }

        if (metadata.Text("uid") is { Length: > 0 } uid && uid != current.Uid)
        {
            throw ApiFailures.WrongUid(resource, name, uid, current.Uid);
        }
    }

    private async Task<ApiObject?> TryWriteAsync(ApiCall call, ServedResource resource, CachedObject current, MapValue old, MapValue body, bool isApply, CancellationToken cancellationToken)
    {
        KeepServersOwn(body, old);
        Complete(call, resource, body, old);
        if (!isApply)
        {
            // What admission adds belongs to nobody.
            tracking.Track(call, resource, old, body);
        }

        var request = RequestOf(call, resource, current, old, body, isApply);
        await admission.MutateAsync(request, cancellationToken);
        body = checks.Admitted(resource, request, body);
        KeepServersOwn(body, old);
        Complete(call, resource, body, old);
        Validate(call, resource, body, old, current.Name);
        await admission.ValidateAsync(request, cancellationToken);
        var done = false;
        try
        {
            var answer = await CommitAsync(call, resource, current, old, body, cancellationToken);
            done = answer is not null && !call.DryRun;
            return answer;
        }
        finally
        {
            if (!done)
            {
                admission.Undo(request);
            }
        }
    }

    private async Task<ApiObject?> CommitAsync(ApiCall call, ServedResource resource, CachedObject current, MapValue old, MapValue body, CancellationToken cancellationToken)
    {
        // What is stored in another version or without later defaults is written anew, although nothing seems to change.
        if (SameTrees.IgnoringTimes(body, old) && (ReferenceEquals(old, current.Tree) || SameTrees.IgnoringTimes(await forms.ToStoredAsync(body, resource, cancellationToken), current.Tree)))
        {
            return await forms.AnswerAsync(current, resource, cancellationToken);
        }

        var ends = Finalization.EndsNow(resource, body);
        if (call.DryRun)
        {
            body.MakeMap("metadata")["resourceVersion"] = current.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture);
            return new ApiObject(null, body);
        }

        if (ends)
        {
            return await store.RemoveAsync(resource, current, cancellationToken) ? new ApiObject(null, body) : null;
        }

        var written = await store.PutAsync(resource, current.Namespace, current.Name, await forms.ToStoredAsync(body, resource, cancellationToken), current.Revision, cancellationToken);
        return written is null ? null : await forms.AnswerAsync(written, resource, cancellationToken);
    }

    private static void KeepServersOwn(MapValue body, MapValue old)
    {
        var (metadata, before) = (body.MakeMap("metadata"), old.Map("metadata")!);
        foreach (var field in Kept)
        {
            metadata[field] = before[field];
        }

        metadata["name"] = before["name"];
        metadata["namespace"] = before["namespace"];
        if (metadata["generation"] is null)
        {
            metadata["generation"] = before["generation"];
        }

        metadata["resourceVersion"] = before["resourceVersion"];
    }

    private void Complete(ApiCall call, ServedResource resource, MapValue body, MapValue old)
    {
        resource.Rules.SetDefaults(body);
        checks.SetDefaults(resource, body);
        if (call.Subresource.Length == 0)
        {
            resource.Rules.PrepareUpdate(body, old);
        }
        else
        {
            resource.Rules.PrepareSubresource(call.Subresource, body, old);
        }
    }

    private void Validate(ApiCall call, ServedResource resource, MapValue body, MapValue old, string name)
    {
        var errors = new FieldErrors();
        if (call.Subresource.Length == 0)
        {
            resource.Rules.ValidateUpdate(body, old, errors);
        }
        else
        {
            resource.Rules.ValidateSubresource(call.Subresource, body, old, errors);
        }

        checks.Validate(resource, body, old, errors);
        if (!errors.IsEmpty)
        {
            throw errors.ToFailure(resource.Info.Resource.Group, resource.Info.Kind, name);
        }

        foreach (var warning in call.Subresource.Length == 0 ? resource.Rules.Warnings(body, old) : [])
        {
            call.Warnings.Add(warning);
        }
    }

    private static AdmissionRequest RequestOf(ApiCall call, ServedResource resource, CachedObject current, MapValue old, MapValue body, bool isApply) => new()
    {
        Operation = AdmissionOperation.Update,
        Resource = resource.Info,
        Subresource = call.Subresource,
        Namespace = current.Namespace,
        Name = current.Name,
        Object = body,
        Old = old,
        User = call.User,
        DryRun = call.DryRun,
        Warnings = call.Warnings,
        AuditAnnotations = call.AuditAnnotations,
        Options = WriteOptionsBody.Of(isApply ? "PatchOptions" : "UpdateOptions", call),
    };
}
