namespace Naru.Core.Containers;

/// <summary>Control groups above those of containers: what several containers share a limit in. Any thread.</summary>
public interface IControlGroups
{
    /// <summary>Path of the group that all of this engine's groups lie in; for <see cref="ResourceSpec.CgroupParent"/>.</summary>
    string Root { get; }

    /// <summary>Makes a group, and those above it, where there is none, and gives it these limits: memory, processor shares and quota, number of processes. Zero and null: none.</summary>
    /// <exception cref="Errors.NaruException">FailedPrecondition: the kernel refuses a limit.</exception>
    void Make(string path, ResourceSpec limits);

    /// <summary>Removes a group and those below it. False while processes live in it.</summary>
    bool Remove(string path);

    /// <summary>Names of the groups right below one.</summary>
    IReadOnlyList<string> Below(string path);

    /// <summary>What all in the group use together. Zeroes if there is no such group.</summary>
    UsageSample Read(string path);
}
