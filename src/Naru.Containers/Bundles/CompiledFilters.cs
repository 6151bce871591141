using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;

namespace Naru.Containers.Bundles;

/// <summary>
/// The seccomp filters that the runtime has compiled. Making one of the default profile takes crun half of its time for a container, and leaves it beside the container's state: the next
/// container of the same profile gets it along. A runtime that does not know the annotation compiles the profile, which stays in the configuration. Any thread.
/// </summary>
internal sealed class CompiledFilters
{
    /// <summary>Annotation by which crun takes a compiled filter (crun(1)).</summary>
    public const string Annotation = "run.oci.seccomp_bpf_data";

    private const int MostFilters = 64;
    private const int MostBytes = 256 << 10;

    private readonly ConcurrentDictionary<string, string> _filters = new(StringComparer.Ordinal);

    /// <summary>The name of a configuration's profile; null if it has none, or brings a filter of its own, of which nothing may be learnt.</summary>
    public static string? KeyOf(OciSpec spec) => spec.Linux.Seccomp is null || spec.Annotations?.ContainsKey(Annotation) == true
        ? null
        : Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(spec.Linux.Seccomp, OciJson.Default.OciSeccomp)));

    /// <summary>Whether the profile's filter is known.</summary>
    public bool Knows(string key) => _filters.ContainsKey(key);

    /// <summary>The configuration with the profile's filter, if it is known.</summary>
    public OciSpec Complete(OciSpec spec, string? key) => key is null || !_filters.TryGetValue(key, out var filter)
        ? spec
        : spec with { Annotations = new Dictionary<string, string>(spec.Annotations ?? new Dictionary<string, string>()) { [Annotation] = filter } };

    /// <summary>Takes the filter that the runtime left; does nothing if it left none.</summary>
    public void Learn(string key, string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.Exists && file.Length is > 0 and <= MostBytes && _filters.Count < MostFilters)
            {
                _filters[key] = Convert.ToBase64String(File.ReadAllBytes(path));
            }
        }
        catch (IOException)
        {
            // The container is going already: another will leave one.
        }
    }
}
