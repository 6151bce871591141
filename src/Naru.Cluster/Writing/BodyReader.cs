using Naru.Cluster.Catalogue;
using Naru.Cluster.CustomResources;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Cluster.Writing;

/// <summary>Checks what a body says of itself and takes out what its schema does not know.</summary>
internal sealed class BodyReader(SchemaBook schemas)
{
    /// <summary>Makes a body of a client fit for the pipeline. BadRequest for another kind, a wrong type, or (Strict) an unknown field.</summary>
    /// <param name="call">The request.</param>
    /// <param name="resource">What the body is to be.</param>
    /// <param name="name">The name in the path; empty for none.</param>
    /// <param name="body">The body.</param>
    /// <param name="isApply">The body says what its sender wants to own: it cannot own fields that are not there, however unknown fields are treated.</param>
    public void Read(ApiCall call, ServedResource resource, string name, MapValue body, bool isApply = false)
    {
        CheckKind(resource, body);
        Clean(call, resource, body, isApply);
        var metadata = body.MakeMap("metadata");
        CheckNamespace(call, resource, metadata);
        CheckName(name, metadata);
    }

    private static void CheckKind(ServedResource resource, MapValue body)
    {
        var kind = resource.Info.GroupVersionKind;
        if (body["apiVersion"] is not (null or NullValue or TextValue) || body["kind"] is not (null or NullValue or TextValue))
        {
            throw NaruException.Invalid("couldn't get version/kind; apiVersion and kind must be strings");
        }

        var (apiVersion, name) = (body.Text("apiVersion") ?? "", body.Text("kind") ?? "");
        if (apiVersion.Length > 0 && apiVersion != kind.ApiVersion)
        {
            throw NaruException.Invalid($"the API version in the data ({apiVersion}) does not match the expected API version ({kind.ApiVersion})");
        }

        if (name.Length > 0 && name != kind.Kind)
        {
            throw NaruException.Invalid($"the kind in the data ({name}) does not match the expected kind ({kind.Kind})");
        }

        body["apiVersion"] = kind.ApiVersion;
        body["kind"] = kind.Kind;
    }

    private void Clean(ApiCall call, ServedResource resource, MapValue body, bool isApply)
    {
        var unknown = new List<string>();
        var errors = new FieldErrors();
        schemas.Clean(resource, body, unknown, errors);
        if (!errors.IsEmpty)
        {
            var kind = resource.Info.Kind;
            if (resource.Custom is not null)
            {
                throw errors.ToFailure(resource.Info.Resource.Group, kind, body.Text("metadata", "name") ?? "");
            }

            throw NaruException.Invalid($"{kind} in version \"{resource.Info.Resource.Version}\" cannot be handled as a {kind}: {string.Join("; ", errors.Causes.Select(static cause => $"{cause.Field}: {cause.Message}"))}");
        }

        if (isApply && unknown.Count > 0 && (call.DoubledFields.Count == 0 || call.FieldValidation != FieldValidation.Strict))
        {
            throw Untyped(call, resource, body, unknown);
        }

        List<string> complaints = [.. unknown.Select(static path => $"unknown field \"{path}\""), .. call.DoubledFields];
        if (complaints.Count == 0 || call.FieldValidation == FieldValidation.Ignore)
        {
            return;
        }

        if (call.FieldValidation == FieldValidation.Strict)
        {
            throw NaruException.Invalid($"{resource.Info.Kind} in version \"{resource.Info.Resource.Version}\" cannot be handled as a {resource.Info.Kind}: strict decoding error: {string.Join(", ", complaints)}");
        }

        complaints.ForEach(call.Warnings.Add);
    }

    private static NaruException Untyped(ApiCall call, ServedResource resource, MapValue body, List<string> unknown)
    {
        var where = $"{call.Namespace}/{body.Text("metadata", "name")}; {resource.Info.Resource.ApiVersion}, Kind={resource.Info.Kind}";
        var lines = unknown.Select(static path => $".{path}: field not declared in schema").ToList();
        return NaruException.Invalid($"failed to create typed patch object ({where}): {(lines.Count == 1 ? lines[0] : $"errors:\n  {string.Join("\n  ", lines)}")}");
    }

    private static void CheckNamespace(ApiCall call, ServedResource resource, MapValue metadata)
    {
        var given = metadata.Text("namespace") ?? "";
        if (!resource.Info.Namespaced)
        {
            metadata.Remove("namespace");
            if (given.Length > 0)
            {
                throw NaruException.Invalid("namespace may not be set on a cluster-scoped object");
            }

            return;
        }

        if (given.Length > 0 && given != call.Namespace)
        {
            throw NaruException.Invalid($"the namespace of the provided object does not match the namespace sent on the request");
        }

        metadata["namespace"] = call.Namespace;
    }

    private static void CheckName(string name, MapValue metadata)
    {
        var given = metadata.Text("name") ?? "";
        if (name.Length > 0 && given.Length > 0 && given != name)
        {
            throw NaruException.Invalid($"the name of the object ({given}) does not match the name on the URL ({name})");
        }

        if (name.Length > 0)
        {
            metadata["name"] = name;
        }
    }
}
