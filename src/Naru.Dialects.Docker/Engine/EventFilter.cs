using Naru.Core.Events;
using Naru.Dialects.Docker.Http;

namespace Naru.Dialects.Docker.Engine;

/// <summary>Which events are wanted: values of one key are alternatives, keys come all together.</summary>
internal sealed class EventFilter(Filters filters)
{
    private static readonly string[] ByActor = ["config", "container", "daemon", "network", "node", "plugin", "secret", "service", "volume"];

    public bool Accepts(EngineEvent happened) =>
        MatchesAction(happened) &&
        (!filters.Has("type") || filters["type"].Contains(happened.Type)) &&
        (!filters.Has("scope") || filters["scope"].Contains("local")) &&
        filters.MatchesLabels(happened.Attributes) &&
        ByActor.All(type => !filters.Has(type) || (happened.Type == type && filters[type].Any(name => Names(happened, name)))) &&
        (!filters.Has("image") || filters["image"].Any(name => MatchesImage(happened, name)));

    /// <summary>An action may carry detail after a colon: <c>exec_start: ls</c>, <c>health_status: healthy</c>.</summary>
    private bool MatchesAction(EngineEvent happened)
    {
        if (!filters.Has("event"))
        {
            return true;
        }
        var colon = happened.Action.IndexOf(':');
        return filters["event"].Contains(happened.Action) || (colon > 0 && filters["event"].Contains(happened.Action[..colon]));
    }

    private static bool Names(EngineEvent happened, string name) =>
        happened.ActorId == name || happened.ActorId.StartsWith(name, StringComparison.Ordinal) ||
        (happened.Attributes.TryGetValue("name", out var own) && (own == name || own == name.TrimStart('/')));

    private static bool MatchesImage(EngineEvent happened, string name)
    {
        var image = happened.Type == "image" ? happened.ActorId : happened.Attributes.GetValueOrDefault("image", "");
        return happened.Type is "image" or "container" &&
            (Same(image, name) || (happened.Attributes.TryGetValue("name", out var own) && happened.Type == "image" && Same(own, name)));
    }

    private static bool Same(string image, string name)
    {
        if (image == name)
        {
            return true;
        }
        var colon = image.LastIndexOf(':');
        return colon > image.LastIndexOf('/') && image[..colon] == name;
    }
}
