namespace Naru.Agent.Containers;

/// <summary>A container that cannot be started as its pod asks for it now: reason and message of its status.</summary>
internal sealed class ConfigFailure(string reason, string message) : Exception(message)
{
    /// <summary>One word: CreateContainerConfigError, ErrImagePull…</summary>
    public string Reason { get; } = reason;

    /// <summary>Something that the container refers to is missing or wrong.</summary>
    public static ConfigFailure Config(string message) => new("CreateContainerConfigError", message);
}
