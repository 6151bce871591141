using Naru.Objects.Access;
using Naru.Objects.Resources;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Objects.Admission;

/// <summary>A rule that looks at writes before they are made. All mutating calls run in order of <see cref="Order"/>, then defaulting and validation of the kind, then
/// all validating calls. Any thread.</summary>
public interface IAdmission
{
    /// <summary>Place in the chain: namespace life cycle 100, service accounts 200, defaults and limits 300, priority 400, tolerations 500, pod security 600,
    /// policies 700, webhooks 800, quota 900 (last, for it counts).</summary>
    int Order { get; }

    /// <summary>Quick test whether it has anything to say; called for every write.</summary>
    bool Handles(AdmissionRequest request);

    /// <summary>May change <see cref="AdmissionRequest.Object"/>. Refuses with <see cref="Naru.Core.Errors.ErrorKind.PermissionDenied"/> or another kind.</summary>
    ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken);

    /// <summary>Must not change anything. Refuses like <see cref="MutateAsync"/>.</summary>
    ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken);

    /// <summary>Told once when a request that <see cref="ValidateAsync"/> let pass was not written after all (a failed condition, a later refusal, a dry run): give back what was taken.</summary>
    void Undo(AdmissionRequest request);
}

/// <summary>What is to be written.</summary>
public enum AdmissionOperation
{
    /// <summary>A new object.</summary>
    Create,

    /// <summary>A change of an object.</summary>
    Update,

    /// <summary>An object's deletion.</summary>
    Delete,

    /// <summary>A connection (exec, attach, port-forward, proxy).</summary>
    Connect,
}

/// <summary>A write that is about to be made.</summary>
public sealed class AdmissionRequest
{
    /// <summary>What is to happen.</summary>
    public required AdmissionOperation Operation { get; init; }

    /// <summary>The resource at the version asked for.</summary>
    public required ResourceInfo Resource { get; init; }

    /// <summary>Part of the object; empty for the object itself.</summary>
    public string Subresource { get; init; } = "";

    /// <summary>Namespace; may be empty.</summary>
    public required string Namespace { get; init; }

    /// <summary>Name; may be empty when it is generated.</summary>
    public required string Name { get; init; }

    /// <summary>The object as it is to be; null for deletions.</summary>
    public MapValue? Object { get; set; }

    /// <summary>What changed <see cref="Object"/> may have put in what its schema does not know (a webhook, a policy): it is cleaned as a client's body is.</summary>
    public bool Unclean { get; set; }

    /// <summary>The object as it stands; null for creations. Not to be changed.</summary>
    public MapValue? Old { get; init; }

    /// <summary>Who asks.</summary>
    public required UserInfo User { get; init; }

    /// <summary>CreateOptions, UpdateOptions, PatchOptions or DeleteOptions of the request, as webhooks see them; may be null.</summary>
    public MapValue? Options { get; init; }

    /// <summary>Nothing will be written.</summary>
    public bool DryRun { get; init; }

    /// <summary>Warnings for the client.</summary>
    public required WarningList Warnings { get; init; }

    /// <summary>Annotations for the audit log.</summary>
    public required Dictionary<string, string> AuditAnnotations { get; init; }
}
