using System.Globalization;
using System.Text.RegularExpressions;
using Naru.Core.Containers;
using Naru.Core.Images;
using Naru.Core.Networks;
using Naru.Dialects.Docker.Http;

namespace Naru.Dialects.Docker.Containers;

/// <summary>Makes the filters of the container list ready: what they name is looked up once, not per container.</summary>
internal sealed class ContainerFilter(IImages images, INetworks networks, ContainerScope scope)
{
    private static readonly string[] States = ["created", "restarting", "running", "removing", "paused", "exited", "dead"];
    private static readonly string[] Healths = ["none", "starting", "healthy", "unhealthy"];

    public Prepared Prepare(DockerCall call, Filters filters)
    {
        filters.Allow("ancestor", "annotation", "before", "exited", "expose", "health", "id", "is-task", "isolation", "label", "label!", "name", "network", "publish", "since", "status", "volume");
        CheckWords(filters, "status", States, "invalid filter 'status={0}'");
        CheckWords(filters, "health", Healths, "invalid filter 'health={0}'");
        return new Prepared
        {
            Filters = filters,
            Names = [.. filters["name"].Select(PatternOf)],
            Exits = [.. filters["exited"].Select(NumberOf)],
            Ancestors = filters.Has("ancestor") ? AncestorsOf(filters["ancestor"]) : null,
            Networks = [.. filters["network"].Select(name => networks.Find(name)?.Id ?? name)],
            Before = MomentOf(call, filters, "before"),
            Since = MomentOf(call, filters, "since"),
            Published = [.. filters["publish"].SelectMany(WireMaps.Ports)],
            Exposed = [.. filters["expose"].SelectMany(WireMaps.Ports)],
            Tasks = filters.Flag("is-task"),
        };
    }

    private DateTimeOffset? MomentOf(DockerCall call, Filters filters, string key)
    {
        DateTimeOffset? moment = null;
        foreach (var name in filters[key].Concat(call.QueryAll(key)).Where(name => name.Length > 0))
        {
            moment = scope.Get(call, name).Created;
        }
        return moment;
    }

    private HashSet<Digest> AncestorsOf(IReadOnlyList<string> names)
    {
        var found = new HashSet<Digest>();
        var open = new Queue<Digest>(names.Select(images.Find).OfType<Image>().Select(image => image.Id));
        while (open.TryDequeue(out var id))
        {
            if (found.Add(id))
            {
                foreach (var child in images.Children(id))
                {
                    open.Enqueue(child.Id);
                }
            }
        }
        return found;
    }

    private static Regex PatternOf(string text)
    {
        try
        {
            return new Regex(text, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            return new Regex(Regex.Escape(text), RegexOptions.CultureInvariant);
        }
    }

    private static int NumberOf(string text) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var code)
        ? code
        : throw DockerException.BadRequest($"invalid filter 'exited={text}'");

    private static void CheckWords(Filters filters, string key, string[] known, string problem)
    {
        foreach (var word in filters[key])
        {
            if (!known.Contains(word))
            {
                throw DockerException.BadRequest(string.Format(CultureInfo.InvariantCulture, problem, word));
            }
        }
    }

    /// <summary>The filters of one request.</summary>
    internal sealed class Prepared
    {
        public required Filters Filters { get; init; }
        public required Regex[] Names { get; init; }
        public required HashSet<int> Exits { get; init; }
        public required HashSet<Digest>? Ancestors { get; init; }
        public required HashSet<string> Networks { get; init; }
        public required DateTimeOffset? Before { get; init; }
        public required DateTimeOffset? Since { get; init; }
        public required HashSet<PortSpec> Published { get; init; }
        public required HashSet<PortSpec> Exposed { get; init; }
        public required bool? Tasks { get; init; }

        /// <summary>Whether a filter itself says which states are wanted.</summary>
        public bool NamesStates => Filters.Has("status") || Exits.Count > 0;

        public bool Accepts(Container container) =>
            Tasks is not true &&
            MatchesNames(container) && MatchesState(container) && MatchesNetwork(container) && MatchesVolumes(container) &&
            Filters.MatchesLabels(container.Spec.Labels) && MatchesAnnotations(container) &&
            (Ancestors is null || Ancestors.Contains(container.ImageId)) &&
            (Before is null || container.Created < Before) &&
            (Since is null || container.Created > Since);

        private bool MatchesNames(Container container) =>
            (Names.Length == 0 || Names.Any(pattern => pattern.IsMatch(container.Name) || pattern.IsMatch("/" + container.Name))) &&
            (!Filters.Has("id") || Filters["id"].Any(id => container.Id.Value.StartsWith(id, StringComparison.Ordinal)));

        private bool MatchesState(Container container)
        {
            var status = container.Status;
            var health = status.Health is { } known ? HealthMap.WordOf(known.Verdict) : "none";
            return (!Filters.Has("status") || Filters["status"].Contains(StateWords.Of(status.Phase))) &&
                (!Filters.Has("health") || Filters["health"].Contains(health)) &&
                (Exits.Count == 0 || (status.Phase == ContainerPhase.Exited && Exits.Contains(status.ExitCode))) &&
                (!Filters.Has("isolation") || Filters["isolation"].All(word => word is "" or "default"));
        }

        private bool MatchesNetwork(Container container)
        {
            var spec = container.Spec.Network;
            var live = container.Status.Network;
            return (Networks.Count == 0 || live.Endpoints.Values.Any(endpoint => Networks.Contains(endpoint.NetworkId)) || Networks.Contains(spec.Mode) || spec.Endpoints.Keys.Any(Networks.Contains)) &&
                (Published.Count == 0 || live.Ports.Any(port => Published.Contains(port.Target)) || spec.Bindings.Any(binding => Published.Contains(binding.Target))) &&
                (Exposed.Count == 0 || spec.Exposed.Any(Exposed.Contains));
        }

        private bool MatchesVolumes(Container container) =>
            !Filters.Has("volume") || Filters["volume"].Any(volume => container.Mounts.Any(mount => mount.VolumeName == volume || mount.Source == volume || mount.Target == volume));

        private bool MatchesAnnotations(Container container) => Filters["annotation"].All(wanted =>
        {
            var equals = wanted.IndexOf('=');
            return equals < 0
                ? container.Spec.Annotations.ContainsKey(wanted)
                : container.Spec.Annotations.TryGetValue(wanted[..equals], out var value) && value == wanted[(equals + 1)..];
        });
    }
}
