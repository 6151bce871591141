namespace Naru.Testing.Running;

/// <summary>
/// What an engine holds on the host, counted so that a test can compare before and after. Everything is limited to one engine by the
/// folder that its data and run directories share, except links and packet rules, which belong to the network namespace of the test.
/// </summary>
public sealed record HostLedger
{
    private const int SpareNamespaces = 8;

    public required IReadOnlyList<string> Processes { get; init; }

    public required IReadOnlyList<string> Mounts { get; init; }

    public required IReadOnlyList<string> Links { get; init; }

    public required IReadOnlyList<string> PacketRules { get; init; }

    public required IReadOnlyList<string> ControlGroups { get; init; }

    /// <summary>Open descriptors of the engine itself; zero when it does not run.</summary>
    public required int Descriptors { get; init; }

    /// <summary>Counts what belongs to the engine under <paramref name="root"/>, whose process is <paramref name="processId"/> (0: none).</summary>
    public static HostLedger Take(string root, int processId) => new()
    {
        Processes = ProcessesOf(root, processId),
        Mounts = File.ReadAllLines("/proc/self/mountinfo").Where(line => line.Contains(root, StringComparison.Ordinal)).Select(line => line.Split(' ')[4]).Order().ToArray(),
        Links = Command.Run("ip", ["-o", "link"]).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[1]).Order().ToArray(),
        PacketRules = Command.Exists("nft") ? Command.Run("nft", ["list", "ruleset"]).Output.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0).Order().ToArray() : [],
        ControlGroups = ControlGroupsOf(root),
        Descriptors = processId > 0 && Directory.Exists($"/proc/{processId}/fd") ? Directory.GetFileSystemEntries($"/proc/{processId}/fd").Length : 0,
    };

    /// <summary>What <paramref name="later"/> has and this has not, one line each; empty when nothing leaked.</summary>
    public IReadOnlyList<string> Leaks(HostLedger later, int allowedDescriptors = 16)
    {
        var leaks = new List<string>();
        Compare("process", Processes, later.Processes);
        // An engine may keep a few network namespaces ready for the next containers.
        Compare("mount", WithoutSpares(Mounts), WithoutSpares(later.Mounts));
        Compare("link", Links, later.Links);
        Compare("packet rule", PacketRules, later.PacketRules);
        Compare("control group", ControlGroups, later.ControlGroups);
        if (later.Descriptors > Descriptors + allowedDescriptors)
        {
            leaks.Add($"descriptors: {Descriptors} before, {later.Descriptors} after");
        }

        return leaks;

        static IReadOnlyList<string> WithoutSpares(IReadOnlyList<string> mounts)
        {
            var namespaces = mounts.Where(static mount => mount.Contains("/run/netns/", StringComparison.Ordinal)).ToList();
            return namespaces.Count <= SpareNamespaces ? [.. mounts.Except(namespaces)] : mounts;
        }

        void Compare(string kind, IReadOnlyList<string> before, IReadOnlyList<string> after)
        {
            var rest = before.ToList();
            leaks.AddRange(after.Where(item => !rest.Remove(item)).Select(item => $"{kind}: {item}"));
        }
    }

    private static string[] ProcessesOf(string root, int processId)
    {
        var found = new List<string>();
        foreach (var directory in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), out var pid) || pid == Environment.ProcessId || pid == processId)
            {
                continue;
            }

            try
            {
                var command = File.ReadAllText($"{directory}/cmdline").Replace('\0', ' ').Trim();
                var inside = File.ReadLines($"{directory}/mountinfo").FirstOrDefault() is { } first && first.Contains(root, StringComparison.Ordinal);
                if (command.Contains(root, StringComparison.Ordinal) || inside)
                {
                    found.Add(command.Length > 0 ? command : "(defunct) " + File.ReadAllText($"{directory}/comm").Trim());
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The process ended while we looked at it, which is what we hope for.
            }
        }

        return [.. found.Order()];
    }

    private static string[] ControlGroupsOf(string root)
    {
        // The engine's containers are known by their directories below its data and run directories.
        var ids = new[] { "data", "run" }
            .Select(part => Path.Combine(root, part)).Where(Directory.Exists)
            .SelectMany(part => Directory.EnumerateDirectories(part, "*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3 }))
            .Select(Path.GetFileName).Where(name => name is { Length: 64 }).ToHashSet();
        return Directory.EnumerateDirectories("/sys/fs/cgroup", "*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 5, IgnoreInaccessible = true })
            .Where(group => ids.Any(id => Path.GetFileName(group).Contains(id!, StringComparison.Ordinal)))
            .Order().ToArray();
    }
}
