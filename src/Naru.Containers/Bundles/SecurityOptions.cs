using Naru.Core.Containers;
using Naru.Core.Errors;

namespace Naru.Containers.Bundles;

/// <summary>The words of <c>--security-opt</c>, understood.</summary>
internal sealed record SecurityOptions
{
    public const string Unconfined = "unconfined";

    public bool NoNewPrivileges { get; private init; }

    /// <summary>A profile's JSON, <see cref="Unconfined"/>, or empty for the default.</summary>
    public string SeccompProfile { get; private init; } = "";

    public string AppArmorProfile { get; private init; } = "";

    /// <summary>Nothing in /proc and /sys is hidden.</summary>
    public bool SystemPathsOpen { get; private init; }

    /// <exception cref="NaruException"><see cref="ErrorKind.InvalidArgument"/>: an unknown word.</exception>
    public static SecurityOptions Parse(IsolationSpec isolation)
    {
        var result = new SecurityOptions();
        foreach (var option in isolation.SecurityOptions)
        {
            if (option == "no-new-privileges")
            {
                result = result with { NoNewPrivileges = true };
                continue;
            }

            var separator = option.IndexOf('=', StringComparison.Ordinal);
            separator = separator < 0 ? option.IndexOf(':', StringComparison.Ordinal) : separator;
            if (separator < 0)
            {
                throw NaruException.Invalid($"invalid --security-opt 1: \"{option}\"");
            }

            var value = option[(separator + 1)..];
            result = option[..separator] switch
            {
                "label" => result,
                "apparmor" => result with { AppArmorProfile = value },
                "seccomp" => result with { SeccompProfile = value is "builtin" ? "" : value },
                "systempaths" when value == Unconfined => result with { SystemPathsOpen = true },
                "no-new-privileges" when bool.TryParse(value, out var wanted) => result with { NoNewPrivileges = wanted },
                "no-new-privileges" => throw NaruException.Invalid($"invalid --security-opt 2: \"{option}\""),
                _ => throw NaruException.Invalid($"invalid --security-opt 2: \"{option}\""),
            };
        }

        return result;
    }
}
