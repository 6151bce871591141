using System.Collections.Immutable;
using Naru.Core.Errors;

namespace Naru.Containers.Volumes;

/// <summary>Which options the local driver takes, in docker's words.</summary>
internal static class VolumeOptionRules
{
    internal static void Check(string name, ImmutableSortedDictionary<string, string> options)
    {
        foreach (var option in options.Keys)
        {
            if (option is not ("type" or "o" or "device" or "size"))
            {
                throw NaruException.Invalid($"create {name}: invalid option: {VolumeNames.Quote(option)}");
            }
        }

        if (options.ContainsKey("size"))
        {
            throw NaruException.Invalid($"create {name}: quota size requested but no quota support");
        }

        Require(name, options, "device", "type");
        Require(name, options, "type", "device");
        Require(name, options, "o", "device");
        Require(name, options, "o", "type");
    }

    private static void Require(string name, ImmutableSortedDictionary<string, string> options, string given, string needed)
    {
        if (options.ContainsKey(given) && !options.ContainsKey(needed))
        {
            throw NaruException.Invalid($"create {name}: missing required option: \"{needed}\"");
        }
    }
}
