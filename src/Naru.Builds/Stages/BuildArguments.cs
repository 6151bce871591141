using System.Collections.Immutable;
using Naru.Builds.Dockerfiles;
using Naru.Core.Builds;
using Naru.Core.Images;

namespace Naru.Builds.Stages;

/// <summary>ARG's scopes: what the request gives, what stands before the first FROM, what the platform implies.</summary>
internal sealed class BuildArguments
{
    /// <summary>Always allowed, never in histories or cache keys unless declared.</summary>
    private static readonly string[] Proxies =
    [
        "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "FTP_PROXY", "ftp_proxy", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy",
    ];

    private readonly BuildRequest _request;
    private readonly Dictionary<string, string?> _global = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _platform = new(StringComparer.Ordinal);
    private readonly HashSet<string> _declared = new(StringComparer.Ordinal);

    public BuildArguments(BuildRequest request, Dockerfile file, Platform host, Platform target, string targetStage)
    {
        _request = request;
        Describe("BUILD", host);
        Describe("TARGET", target);
        _platform["TARGETSTAGE"] = targetStage;
        foreach (var (name, value) in file.GlobalArguments.SelectMany(a => a.Arguments))
        {
            _declared.Add(name);
            var word = Expansion.Word(name, file.Escape, Global);
            _global[word] = request.Arguments.TryGetValue(word, out var given) && given is not null ? given
                : value is null ? _platform.GetValueOrDefault(word)
                : Expansion.Word(value, file.Escape, Global);
        }
    }

    /// <summary>A variable as FROM sees it.</summary>
    public string? Global(string name) =>
        _global.TryGetValue(name, out var value) ? value : _platform.GetValueOrDefault(name);

    /// <summary>The value that <c>ARG name[=default]</c> takes in a stage.</summary>
    public string? Resolve(string name, string? defaultValue)
    {
        lock (_declared)
        {
            _declared.Add(name);
        }

        return _request.Arguments.TryGetValue(name, out var given) && given is not null ? given
            : defaultValue ?? (_global.TryGetValue(name, out var global) ? global : _platform.GetValueOrDefault(name));
    }

    /// <summary>Proxy variables that the request gives and that the stage does not declare.</summary>
    public IEnumerable<string> UndeclaredProxies(StageState state) =>
        Proxies.Where(p => state.Arguments.All(a => a.Name != p) && _request.Arguments.GetValueOrDefault(p) is not null).Select(p => $"{p}={_request.Arguments[p]}");

    /// <summary>Arguments of the request that nothing declared.</summary>
    public ImmutableArray<string> Unused() =>
        [.. _request.Arguments.Keys.Where(n => !_declared.Contains(n) && !Proxies.Contains(n) && !n.StartsWith("BUILDKIT_", StringComparison.Ordinal)
            && n != "SOURCE_DATE_EPOCH" && !_platform.ContainsKey(n))];

    private void Describe(string prefix, Platform platform)
    {
        _platform[prefix + "PLATFORM"] = platform.ToString();
        _platform[prefix + "OS"] = platform.Os;
        _platform[prefix + "ARCH"] = platform.Architecture;
        _platform[prefix + "VARIANT"] = platform.Variant ?? "";
        foreach (var name in new[] { "PLATFORM", "OS", "ARCH", "VARIANT" })
        {
            if (_request.Arguments.GetValueOrDefault(prefix + name) is { } given)
            {
                _platform[prefix + name] = given;
            }
        }
    }
}
