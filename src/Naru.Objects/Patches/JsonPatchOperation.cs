using Naru.Core.Errors;
using Naru.Objects.Values;

namespace Naru.Objects.Patches;

/// <summary>One step of a JSON patch.</summary>
/// <param name="Name">What it does: add, remove, replace, move, copy or test.</param>
/// <param name="Path">Where, as written.</param>
/// <param name="Parts">Where, taken apart.</param>
/// <param name="From">Where move and copy take from, as written.</param>
/// <param name="FromParts">Where move and copy take from, taken apart.</param>
/// <param name="Value">What add, replace and test bring.</param>
internal sealed record JsonPatchOperation(string Name, string Path, string[] Parts, string From, string[] FromParts, Value? Value)
{
    /// <summary>Reads a step and checks that it is whole.</summary>
    public static JsonPatchOperation Read(Value item, int index)
    {
        if (item is not MapValue map)
        {
            throw NaruException.Invalid($"json patch: operation {index} is not an object");
        }

        var name = map.Text("op") ?? throw Missing(index, "op");
        if (name is not ("add" or "remove" or "replace" or "move" or "copy" or "test"))
        {
            throw NaruException.Invalid($"json patch: operation {index}: unexpected kind: {name}");
        }

        var path = map.Text("path") ?? throw Missing(index, "path");
        var from = "";
        if (name is "move" or "copy")
        {
            from = map.Text("from") ?? throw Missing(index, "from");
        }

        var value = map["value"];
        if (value is null && name is "add" or "replace" or "test" && !map.Has("value"))
        {
            throw Missing(index, "value");
        }

        return new(name, path, JsonPointer.Parse(path), from, JsonPointer.Parse(from), value);
    }

    /// <summary>The failure of a step that cannot be done on this document.</summary>
    public NaruException Fails(string why)
    {
        var message = $"{Name} operation does not apply: {why}";
        return Refusal(message);
    }

    /// <summary>A well-formed patch that does not fit.</summary>
    public static NaruException Refusal(string message) => new(ErrorKind.InvalidArgument, message)
    {
        Details = new FailureDetails { Causes = [new FailureCause("UnexpectedServerResponse", message, "")] },
    };

    private static NaruException Missing(int index, string field) => NaruException.Invalid($"json patch: operation {index}: missing \"{field}\"");
}
