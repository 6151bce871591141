using Naru.Core.Errors;
using Naru.Objects.Values;

namespace Naru.Objects.Patches;

/// <summary>JSON patch (RFC 6902). All operations are done or none; the document grows by copying up to 3 MiB.</summary>
public static class JsonPatch
{
    /// <summary>Most operations in a patch.</summary>
    public const int MostOperations = 10_000;

    private const string TestFailed = ": test failed";

    /// <summary>Whether a patch does not fit because one of its tests does not hold.</summary>
    public static bool IsTestFailure(NaruException failure) => failure.Message.EndsWith(TestFailed, StringComparison.Ordinal);

    /// <summary>The patched tree, which shares nothing that can change with its inputs.</summary>
    /// <exception cref="NaruException">InvalidArgument: without causes if the patch is malformed, with a cause if it does not fit the document.</exception>
    public static Value Apply(Value target, ListValue patch)
    {
        if (patch.Count > MostOperations)
        {
            throw JsonPatchOperation.Refusal($"The allowed maximum operations in a JSON patch is {MostOperations}, got {patch.Count}");
        }

        var operations = patch.Select(JsonPatchOperation.Read).ToArray();
        var document = target.Clone();
        var budget = new PatchBudget();
        foreach (var operation in operations)
        {
            document = Apply(document, operation, budget);
        }

        return document;
    }

    private static Value Apply(Value document, JsonPatchOperation operation, PatchBudget budget)
    {
        switch (operation.Name)
        {
            case "add":
                return Add(document, operation, operation.Value!.Clone(), budget);
            case "replace":
                return Replace(document, operation, budget);
            case "remove":
                Remove(document, operation, operation.Path, operation.Parts, budget);
                return document;
            case "move":
                return Move(document, operation, budget);
            case "copy":
                var copied = Find(document, operation, operation.From, operation.FromParts);
                budget.Place(operation, copied, operation.Parts.Length);
                return Add(document, operation, copied.Clone(), null);
            default:
                return Test(document, operation);
        }
    }

    private static Value Move(Value document, JsonPatchOperation operation, PatchBudget budget)
    {
        var moved = Find(document, operation, operation.From, operation.FromParts);
        if (operation.Parts.AsSpan().StartsWith(operation.FromParts))
        {
            return operation.Parts.Length == operation.FromParts.Length ? document : throw operation.Fails($"\"{operation.From}\" cannot be moved into itself");
        }

        Remove(document, operation, operation.From, operation.FromParts, budget);
        return Add(document, operation, moved, budget);
    }

    private static Value Test(Value document, JsonPatchOperation operation)
    {
        Value? found = null;
        try
        {
            found = Find(document, operation, operation.Path, operation.Parts);
        }
        catch (NaruException) when (operation.Value is NullValue)
        {
            return document;
        }

        return found.DeepEquals(operation.Value) ? document : throw JsonPatchOperation.Refusal($"testing value {operation.Path} failed{TestFailed}");
    }

    private static Value Add(Value document, JsonPatchOperation operation, Value value, PatchBudget? budget)
    {
        budget?.Place(operation, value, operation.Parts.Length);
        if (operation.Parts.Length == 0)
        {
            return value;
        }

        switch (Parent(document, operation, operation.Path, operation.Parts))
        {
            case MapValue map:
                map[operation.Parts[^1]] = value;
                break;
            case ListValue list when operation.Parts[^1] == "-":
                list.Add(value);
                break;
            case ListValue list:
                list.Insert(Place(operation, operation.Path, operation.Parts[^1], list.Count), value);
                break;
        }

        return document;
    }

    private static Value Replace(Value document, JsonPatchOperation operation, PatchBudget budget)
    {
        var value = operation.Value!.Clone();
        budget.Place(operation, value, operation.Parts.Length);
        if (operation.Parts.Length == 0)
        {
            return value;
        }

        _ = Find(document, operation, operation.Path, operation.Parts);
        switch (Parent(document, operation, operation.Path, operation.Parts))
        {
            case MapValue map:
                map[operation.Parts[^1]] = value;
                break;
            case ListValue list:
                list[Place(operation, operation.Path, operation.Parts[^1], list.Count - 1)] = value;
                break;
        }

        return document;
    }

    private static void Remove(Value document, JsonPatchOperation operation, string path, string[] parts, PatchBudget budget)
    {
        if (parts.Length == 0)
        {
            throw operation.Fails("the whole document cannot be removed");
        }

        switch (Parent(document, operation, path, parts))
        {
            case MapValue map:
                budget.Work(operation, map.Count);
                if (!map.Remove(parts[^1]))
                {
                    throw operation.Fails($"unable to remove nonexistent key: {parts[^1]}: missing value");
                }

                break;
            case ListValue list:
                list.RemoveAt(Place(operation, path, parts[^1], list.Count - 1));
                break;
        }
    }

    private static Value Parent(Value document, JsonPatchOperation operation, string path, string[] parts)
    {
        var parent = Walk(document, operation, path, parts.AsSpan(0, parts.Length - 1));
        return parent is MapValue or ListValue ? parent : throw operation.Fails($"doc is missing path: \"{path}\": missing value");
    }

    private static Value Find(Value document, JsonPatchOperation operation, string path, string[] parts) => Walk(document, operation, path, parts);

    private static Value Walk(Value document, JsonPatchOperation operation, string path, ReadOnlySpan<string> parts)
    {
        var value = document;
        foreach (var part in parts)
        {
            value = value switch
            {
                MapValue map when map.TryGet(part, out var field) => field,
                ListValue list => list[Place(operation, path, part, list.Count - 1)],
                _ => throw operation.Fails($"doc is missing path: \"{path}\": missing value"),
            };
        }

        return value;
    }

    private static int Place(JsonPatchOperation operation, string path, string part, int last)
    {
        var index = JsonPointer.Index(part) ?? throw operation.Fails($"\"{part}\" in \"{path}\" is no index of a list");
        return index <= last ? index : throw operation.Fails($"unable to access invalid index: {index} in \"{path}\": invalid index referenced");
    }
}
