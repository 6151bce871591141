using Naru.Objects.Values;

namespace Naru.Controllers.Volumes;

/// <summary>What holds objects that are being deleted.</summary>
internal static class Finalizers
{
    /// <summary>It is held by this.</summary>
    public static bool Has(MapValue tree, string name) => tree.List("metadata", "finalizers")?.Texts().Contains(name) == true;

    /// <summary>Holds it. False if it did already, or if it is too late.</summary>
    public static bool Add(MapValue tree, string name)
    {
        if (Has(tree, name) || tree.Text("metadata", "deletionTimestamp") is not null)
        {
            return false;
        }

        tree.MakeMap("metadata").MakeList("finalizers").Add(name);
        return true;
    }

    /// <summary>Holds it no longer. False if it did not.</summary>
    public static bool Remove(MapValue tree, string name)
    {
        if (tree.List("metadata", "finalizers") is not { } list || list.RemoveAll(one => one is TextValue { Text: var text } && text == name) == 0)
        {
            return false;
        }

        if (list.Count == 0)
        {
            tree.Map("metadata")!.Remove("finalizers");
        }

        return true;
    }
}
