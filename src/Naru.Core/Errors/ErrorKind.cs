namespace Naru.Core.Errors;

/// <summary>The closed list of failures. Each dialect maps it to its wire form in exactly one file.</summary>
public enum ErrorKind
{
    /// <summary>The named thing does not exist.</summary>
    NotFound,

    /// <summary>A thing of that name exists already.</summary>
    AlreadyExists,

    /// <summary>The request itself breaks a rule; repeating it cannot succeed.</summary>
    InvalidArgument,

    /// <summary>The thing is in use or changed meanwhile: read again, then decide again.</summary>
    Conflict,

    /// <summary>The thing is not in the state that the call needs.</summary>
    FailedPrecondition,

    /// <summary>The wished state is already there; nothing was done.</summary>
    NotModified,

    /// <summary>No or wrong credentials.</summary>
    Unauthenticated,

    /// <summary>Known caller, but it may not do this.</summary>
    PermissionDenied,

    /// <summary>A limit is reached: disk, memory, addresses, ports.</summary>
    ResourceExhausted,

    /// <summary>Something needed does not answer now: try later.</summary>
    Unavailable,

    /// <summary>The history asked for is gone: list again.</summary>
    Expired,

    /// <summary>This host or this version cannot do it.</summary>
    NotImplemented,

    /// <summary>Stored or received bytes are not what they must be.</summary>
    DataLoss,

    /// <summary>A fault of Naru or of the host that the caller cannot act on.</summary>
    Internal,
}
