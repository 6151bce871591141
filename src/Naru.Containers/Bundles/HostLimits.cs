using System.Collections.Frozen;
using System.Globalization;
using Naru.Core.Containers;

namespace Naru.Containers.Bundles;

/// <summary>Resource limits that this process has itself. Without CAP_SYS_RESOURCE no child may have more.</summary>
internal sealed class HostLimits(bool mayRaise, FrozenDictionary<string, ulong> hard, int oomScoreAdjustment)
{
    private static readonly FrozenDictionary<string, string> Titles = new Dictionary<string, string>
    {
        ["Max cpu time"] = "cpu", ["Max file size"] = "fsize", ["Max data size"] = "data", ["Max stack size"] = "stack",
        ["Max core file size"] = "core", ["Max resident set"] = "rss", ["Max processes"] = "nproc",
        ["Max open files"] = "nofile", ["Max locked memory"] = "memlock", ["Max address space"] = "as",
        ["Max file locks"] = "locks", ["Max pending signals"] = "sigpending", ["Max msgqueue size"] = "msgqueue",
        ["Max nice priority"] = "nice", ["Max realtime priority"] = "rtprio", ["Max realtime timeout"] = "rttime",
    }.ToFrozenDictionary();

    /// <summary>Names that a limit may have.</summary>
    public static bool IsKnown(string name) => Titles.Values.Contains(name);

    public static HostLimits Read(IReadOnlySet<string> capabilities)
    {
        var hard = new Dictionary<string, ulong>();
        foreach (var line in File.ReadLines("/proc/self/limits").Skip(1))
        {
            if (line.Length > 46 && Titles.TryGetValue(line[..26].TrimEnd(), out var name))
            {
                var word = line[47..].TrimStart().Split(' ')[0];
                hard[name] = ulong.TryParse(word, CultureInfo.InvariantCulture, out var value) ? value : ulong.MaxValue;
            }
        }

        var score = int.Parse(File.ReadAllText("/proc/self/oom_score_adj"), CultureInfo.InvariantCulture);
        return new HostLimits(capabilities.Contains("CAP_SYS_RESOURCE"), hard.ToFrozenDictionary(), score);
    }

    /// <summary>What can be set by one who may not raise anything.</summary>
    public HostLimits WithoutPrivilege() => new(false, hard, oomScoreAdjustment);

    /// <summary>The limit, lowered to what can be set here.</summary>
    public OciRlimit Clamp(UserLimit limit)
    {
        var ceiling = mayRaise ? ulong.MaxValue : hard.GetValueOrDefault(limit.Name, ulong.MaxValue);
        var top = Math.Min(limit.Hard < 0 ? ulong.MaxValue : (ulong)limit.Hard, ceiling);
        var soft = Math.Min(limit.Soft < 0 ? ulong.MaxValue : (ulong)limit.Soft, top);
        return new OciRlimit("RLIMIT_" + limit.Name.ToUpperInvariant(), top, soft);
    }

    /// <summary>The adjustment, raised to what can be set here.</summary>
    public int ClampOomScore(int asked) => mayRaise ? asked : Math.Max(asked, oomScoreAdjustment);
}
