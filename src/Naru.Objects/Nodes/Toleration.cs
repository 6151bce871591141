using Naru.Objects.Values;

namespace Naru.Objects.Nodes;

/// <summary>Which taints of nodes a pod tolerates. Pure.</summary>
public static class Toleration
{
    /// <summary>Whether one of them is about the taint.</summary>
    public static bool AnyCovers(IEnumerable<MapValue> tolerations, MapValue taint) => tolerations.Any(one => Covers(one, taint));

    /// <summary>Whether a toleration is about a taint. One without a key is about all keys, but has to say <c>Exists</c>.</summary>
    public static bool Covers(MapValue toleration, MapValue taint)
    {
        if (toleration.Text("effect") is { Length: > 0 } effect && effect != taint.Text("effect"))
        {
            return false;
        }

        var key = toleration.Text("key") ?? "";
        if (key.Length > 0 && key != taint.Text("key"))
        {
            return false;
        }

        return toleration.Text("operator") == "Exists" || (key.Length > 0 && (toleration.Text("value") ?? "") == (taint.Text("value") ?? ""));
    }
}
