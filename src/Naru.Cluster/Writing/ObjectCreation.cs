using System.Globalization;
using System.Security.Cryptography;
using Naru.Cluster.Catalogue;
using Naru.Cluster.Forms;
using Naru.Core.Errors;
using Naru.Objects.Admission;
using Naru.Objects.Api;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Cluster.Writing;

/// <summary>
/// Makes new objects: (1) identity and time, (2) defaults, (3) mutating admission, (4) what only the server sets, (5) who manages what, (6) validation,
/// (7) validating admission, (8) the write, which fails when the name is taken.
/// </summary>
internal sealed class ObjectCreation(ServedResources served, ObjectStore store, ObjectForms forms, AdmissionChain admission, FieldTracking tracking, KindChecks checks, TimeProvider time)
{
    private const int NameTries = 8;
    private const int LongestBase = 58;
    private const string NameLetters = "bcdfghjklmnpqrstvwxz2456789";

    /// <summary>Makes an object from a body that is read and clean.</summary>
    public async Task<ApiObject> CreateAsync(ApiCall call, MapValue body, CancellationToken cancellationToken)
    {
        var resource = served.Of(call.Resource);
        var metadata = body.MakeMap("metadata");
        if (metadata.Text("resourceVersion") is { Length: > 0 })
        {
            throw NaruException.Invalid("resourceVersion should not be set on objects to be created");
        }

        var generated = (metadata.Text("name") ?? "").Length == 0 ? metadata.Text("generateName") ?? "" : "";
        for (var attempt = 1; ; attempt++)
        {
            var tree = generated.Length > 0 ? body.CloneMap() : body;
            if (generated.Length > 0)
            {
                tree.MakeMap("metadata")["name"] = generated[..Math.Min(generated.Length, LongestBase)] + RandomNumberGenerator.GetString(NameLetters, 5);
            }

            try
            {
                return await WriteAsync(call, resource, tree, cancellationToken);
            }
            catch (NaruException exception) when (exception.Kind == ErrorKind.AlreadyExists && generated.Length > 0 && attempt < NameTries)
            {
                // The generated name is taken: another one.
            }
        }
    }

    /// <summary>Steps 1 to 8.</summary>
    public async Task<ApiObject> WriteAsync(ApiCall call, ServedResource resource, MapValue body, CancellationToken cancellationToken, bool isApply = false)
    {
        var metadata = body.MakeMap("metadata");
        var name = metadata.Text("name") ?? "";
        SetIdentity(metadata);
        resource.Rules.SetDefaults(body);
        checks.SetDefaults(resource, body);
        if (!isApply)
        {
            // What admission adds belongs to nobody.
            tracking.Track(call, resource, null, body);
        }

        var request = new AdmissionRequest
        {
            Operation = AdmissionOperation.Create,
            Resource = call.Resource,
            Subresource = call.Subresource,
            Namespace = call.Namespace,
            Name = name,
            Object = body,
            User = call.User,
            DryRun = call.DryRun,
            Warnings = call.Warnings,
            AuditAnnotations = call.AuditAnnotations,
            Options = WriteOptionsBody.Of("CreateOptions", call),
        };
        await admission.MutateAsync(request, cancellationToken);
        body = checks.Admitted(resource, request, body);
        resource.Rules.SetDefaults(body);
        checks.SetDefaults(resource, body);
        resource.Rules.PrepareCreate(body);
        Requester.Stamp(resource.Info, body, call.User);
        Validate(call, resource, body, name);
        await admission.ValidateAsync(request, cancellationToken);
        return await CommitAsync(call, resource, body, name, request, cancellationToken);
    }

    private async Task<ApiObject> CommitAsync(ApiCall call, ServedResource resource, MapValue body, string name, AdmissionRequest request, CancellationToken cancellationToken)
    {
        var done = false;
        try
        {
            if (call.DryRun)
            {
                return store.Exists(resource, call.Namespace, name) ? throw ApiFailures.AlreadyExists(resource, name) : new ApiObject(null, body, true);
            }

            var written = await store.PutAsync(resource, call.Namespace, name, await forms.ToStoredAsync(body, resource, cancellationToken), 0, cancellationToken);
            done = written is not null;
            return written is null ? throw ApiFailures.AlreadyExists(resource, name) : await forms.AnswerAsync(written, resource, cancellationToken, created: true);
        }
        finally
        {
            if (!done)
            {
                admission.Undo(request);
            }
        }
    }

    private void SetIdentity(MapValue metadata)
    {
        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        metadata.Remove("deletionTimestamp");
        metadata.Remove("deletionGracePeriodSeconds");
        metadata.Remove("selfLink");
    }

    private void Validate(ApiCall call, ServedResource resource, MapValue body, string name)
    {
        var errors = new FieldErrors();
        resource.Rules.ValidateCreate(body, errors);
        checks.Validate(resource, body, null, errors);
        if (!errors.IsEmpty)
        {
            throw errors.ToFailure(resource.Info.Resource.Group, resource.Info.Kind, name);
        }

        foreach (var warning in resource.Rules.Warnings(body, null))
        {
            call.Warnings.Add(warning);
        }
    }
}
