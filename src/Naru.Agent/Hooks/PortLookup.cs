using Naru.Objects.Values;

namespace Naru.Agent.Hooks;

/// <summary>Ports of containers by number or name.</summary>
internal static class PortLookup
{
    /// <summary>The number; null if the container names no such port.</summary>
    public static int? Find(MapValue container, Value? port) => port switch
    {
        IntegerValue number => (int)number.Number,
        TextValue text when int.TryParse(text.Text, out var number) => number,
        TextValue text => (int?)container.Maps("ports").FirstOrDefault(one => one.Text("name") == text.Text)?.Integer("containerPort"),
        _ => null,
    };
}
