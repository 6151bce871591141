using System.Runtime.InteropServices;
using System.Text.Json;
using Naru.Core.Errors;

namespace Naru.Containers.Bundles;

/// <summary>Turns a profile with conditions into the filter for one container: its capabilities, this processor, this kernel.</summary>
internal sealed class SeccompResolver(Architecture architecture, Version kernel)
{
    private const string Allow = "SCMP_ACT_ALLOW";
    private const string Fail = "SCMP_ACT_ERRNO";
    private const uint NotImplementedErrno = 38;

    private static readonly char[] Blanks = [' ', '\n', '\r'];

    /// <summary>Docker's default filter for a container that holds these capabilities (<c>CAP_…</c>).</summary>
    public OciSeccomp Default(IReadOnlySet<string> capabilities)
    {
        var names = new List<string>(Split(SeccompTable.Always));
        names.AddRange(Split(architecture == Architecture.Arm64 ? SeccompTable.OnArm64 : SeccompTable.OnAmd64));
        foreach (var (capability, allowed) in SeccompTable.WithCapability)
        {
            if (capabilities.Contains(capability))
            {
                names.AddRange(Split(allowed));
            }
        }

        List<OciSyscallRule> rules =
        [
            new() { Names = [.. names.Distinct()], Action = Allow },
            Conditional("socket", 0, SeccompTable.CryptoFamily, "SCMP_CMP_LT"),
            Conditional("socket", 0, SeccompTable.CryptoFamily + 1, "SCMP_CMP_EQ"),
            Conditional("socket", 0, SeccompTable.HypervisorFamily, "SCMP_CMP_GT"),
            .. SeccompTable.Personalities.Select(static value => Conditional("personality", 0, value, "SCMP_CMP_EQ")),
        ];
        if (!capabilities.Contains("CAP_SYS_ADMIN"))
        {
            rules.Add(Conditional("clone", 0, SeccompTable.NamespaceFlags, "SCMP_CMP_MASKED_EQ"));

            // clone3 hides its flags from a filter; programs fall back to clone when it is not there.
            rules.Add(new OciSyscallRule { Names = ["clone3"], Action = Fail, ErrnoRet = NotImplementedErrno });
        }

        return new OciSeccomp { DefaultAction = Fail, DefaultErrnoRet = 1, Architectures = HostArchitectures(), Syscalls = rules };
    }

    /// <summary>Resolves a profile that a user gave as JSON.</summary>
    /// <exception cref="NaruException"><see cref="ErrorKind.InvalidArgument"/>: no valid profile.</exception>
    public OciSeccomp Resolve(string json, IReadOnlySet<string> capabilities)
    {
        var profile = Parse(json);
        if (profile.Architectures is { Count: > 0 } && profile.ArchMap is { Count: > 0 })
        {
            throw NaruException.Invalid("both 'architectures' and 'archMap' are specified in the seccomp profile, use either 'architectures' or 'archMap'");
        }

        return new OciSeccomp
        {
            DefaultAction = profile.DefaultAction,
            DefaultErrnoRet = profile.DefaultErrnoRet,
            Architectures = profile.ArchMap is { Count: > 0 } map ? FromMap(map) : profile.Architectures,
            Flags = profile.Flags,
            Syscalls =
            [
                .. (profile.Syscalls ?? []).Where(rule => Applies(rule, capabilities)).Select(static rule => new OciSyscallRule
                {
                    Names = rule.Name is { Length: > 0 } name ? [name] : rule.Names ?? [],
                    Action = rule.Action,
                    ErrnoRet = rule.ErrnoRet,
                    Args = rule.Args,
                }),
            ],
        };
    }

    /// <summary>Checks that a text is a profile.</summary>
    public static SeccompProfile Parse(string json)
    {
        try
        {
            var profile = JsonSerializer.Deserialize(json, OciJson.Default.SeccompProfile)
                ?? throw NaruException.Invalid("decoding seccomp profile failed: unexpected end of JSON input");
            foreach (var rule in profile.Syscalls ?? [])
            {
                if (rule.Name is { Length: > 0 } && rule.Names is { Count: > 0 })
                {
                    throw NaruException.Invalid("'name' and 'names' were specified in the seccomp profile, use either 'name' or 'names'");
                }
            }

            return profile;
        }
        catch (JsonException failure)
        {
            throw NaruException.Invalid($"decoding seccomp profile failed: {failure.Message}");
        }
    }

    private bool Applies(SeccompRule rule, IReadOnlySet<string> capabilities)
    {
        if (rule.Includes is { } includes)
        {
            if (includes.Architectures is { Count: > 0 } onlyOn && !onlyOn.Contains(GoArchitecture)
                || includes.Caps is { Count: > 0 } needed && !needed.All(capabilities.Contains)
                || includes.MinKernel is { Length: > 0 } oldest && Version.TryParse(oldest, out var version) && kernel < version)
            {
                return false;
            }
        }

        return rule.Excludes is not { } excludes
            || !(excludes.Architectures?.Contains(GoArchitecture) == true
                || excludes.Caps?.Any(capabilities.Contains) == true
                || excludes.MinKernel is { Length: > 0 } newest && Version.TryParse(newest, out var limit) && kernel >= limit);
    }

    private string GoArchitecture => architecture == Architecture.Arm64 ? "arm64" : "amd64";

    private string[] HostArchitectures() => architecture == Architecture.Arm64
        ? ["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"]
        : ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"];

    private string[] FromMap(IReadOnlyList<SeccompArchitecture> map)
    {
        var native = HostArchitectures()[0];
        var found = map.FirstOrDefault(entry => entry.Architecture == native);
        return found is null ? [native] : [native, .. found.SubArchitectures ?? []];
    }

    private static OciSyscallRule Conditional(string name, uint index, ulong value, string comparison) => new()
    {
        Names = [name],
        Action = Allow,
        Args = [new(index, value, 0, comparison)],
    };

    private static string[] Split(string names) => names.Split(Blanks, StringSplitOptions.RemoveEmptyEntries);
}
