using Naru.Objects.Schemas;
using Naru.Objects.Values;

namespace Naru.Objects.Tests;

/// <summary>A schema made by hand.</summary>
internal sealed class FakeSchema : ISchema
{
    private readonly Dictionary<string, ISchema> _fields = [];

    public SchemaKind Kind { get; init; } = SchemaKind.Map;

    public IReadOnlyList<string> FieldNames => [.. _fields.Keys];

    public ISchema? Element { get; set; }

    public ListSemantics ListType { get; init; }

    public IReadOnlyList<string> ListKeys { get; init; } = [];

    public bool IsAtomic { get; init; }

    public PatchStrategies PatchStrategy { get; init; }

    public string? PatchMergeKey { get; init; }

    public bool PreservesUnknown { get; init; }

    public Value? Default { get; init; }

    public ISchema this[string name]
    {
        set => _fields[name] = value;
    }

    public ISchema? Field(string name) => _fields.GetValueOrDefault(name);

    public static FakeSchema Text => new() { Kind = SchemaKind.Text };

    public static FakeSchema Integer => new() { Kind = SchemaKind.Integer };

    public static FakeSchema Labels => new() { Element = Text };

    /// <summary>Something like a deployment.</summary>
    public static FakeSchema Workload()
    {
        var port = new FakeSchema { ["containerPort"] = Integer, ["protocol"] = new FakeSchema { Kind = SchemaKind.Text, Default = "TCP" }, ["name"] = Text };
        var variable = new FakeSchema { ["name"] = Text, ["value"] = Text };
        var container = new FakeSchema
        {
            ["name"] = Text,
            ["image"] = Text,
            ["args"] = new FakeSchema { Kind = SchemaKind.List, Element = Text },
            ["env"] = Merged(variable, "name"),
            ["ports"] = new FakeSchema { Kind = SchemaKind.List, Element = port, ListType = ListSemantics.Map, ListKeys = ["containerPort", "protocol"], PatchStrategy = PatchStrategies.Merge, PatchMergeKey = "containerPort" },
        };
        return new FakeSchema
        {
            ["apiVersion"] = Text,
            ["kind"] = Text,
            ["metadata"] = new FakeSchema
            {
                ["name"] = Text,
                ["namespace"] = Text,
                ["labels"] = Labels,
                ["finalizers"] = new FakeSchema { Kind = SchemaKind.List, Element = Text, ListType = ListSemantics.Set, PatchStrategy = PatchStrategies.Merge },
            },
            ["spec"] = new FakeSchema
            {
                ["replicas"] = Integer,
                ["paused"] = new FakeSchema { Kind = SchemaKind.Boolean },
                ["selector"] = new FakeSchema { ["matchLabels"] = Labels, IsAtomic = true },
                ["strategy"] = new FakeSchema { ["type"] = Text, ["rollingUpdate"] = new FakeSchema { ["maxSurge"] = Integer }, PatchStrategy = PatchStrategies.RetainKeys },
                ["containers"] = Merged(container, "name"),
            },
            ["status"] = new FakeSchema { ["phase"] = Text, ["ready"] = Integer },
        };
    }

    private static FakeSchema Merged(ISchema element, string key) => new()
    {
        Kind = SchemaKind.List, Element = element, ListType = ListSemantics.Map, ListKeys = [key], PatchStrategy = PatchStrategies.Merge, PatchMergeKey = key,
    };
}
