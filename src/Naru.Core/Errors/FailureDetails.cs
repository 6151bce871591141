using System.Collections.Immutable;

namespace Naru.Core.Errors;

/// <summary>What a failure is about, for dialects that answer with more than a sentence.</summary>
public sealed record FailureDetails
{
    /// <summary>API group of the object; empty for the core group.</summary>
    public string Group { get; init; } = "";

    /// <summary>Kind or resource of the object.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Name of the object.</summary>
    public string Name { get; init; } = "";

    /// <summary>Identity of the object.</summary>
    public string Uid { get; init; } = "";

    /// <summary>Broken rules, each with its place. An <see cref="ErrorKind.InvalidArgument"/> failure with causes is a well-formed request for an invalid object.</summary>
    public ImmutableArray<FailureCause> Causes { get; init; } = [];

    /// <summary>For an expired list: where it can go on, from what stands now; empty elsewhere.</summary>
    public string Continue { get; init; } = "";

    /// <summary>When to try again.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>One broken rule.</summary>
/// <param name="Reason">Machine-readable word, as <c>FieldValueInvalid</c>.</param>
/// <param name="Message">Sentence for people.</param>
/// <param name="Field">Path of the field, as <c>spec.containers[0].name</c>; empty if none.</param>
public sealed record FailureCause(string Reason, string Message, string Field);
