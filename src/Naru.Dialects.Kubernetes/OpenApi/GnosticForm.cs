using Naru.Objects.Values;
using Naru.Objects.Yaml;

namespace Naru.Dialects.Kubernetes.OpenApi;

/// <summary>The Swagger 2.0 document in the protobuf form of gnostic (<c>openapi.v2.Document</c>), which kubectl and Helm ask for.</summary>
internal static class GnosticForm
{
    /// <summary>The document's bytes.</summary>
    public static byte[] Write(MapValue document) => new ProtobufText()
        .Text(1, document.Text("swagger"))
        .Message(2, new ProtobufText().Text(1, document.Text("info", "title")).Text(2, document.Text("info", "version")))
        .Message(8, new ProtobufText().Messages(2, Named(document.Map("paths"), PathItem)))
        .Message(9, new ProtobufText().Messages(1, Named(document.Map("definitions"), Schema)))
        .Messages(12, document.Maps("security").Select(static one => new ProtobufText().Messages(1, Named(one, static _ => new ProtobufText(), any: true))))
        .Message(13, new ProtobufText().Messages(1, Named(document.Map("securityDefinitions"), SecurityItem)))
        .Bytes.ToArray();

    private static IEnumerable<ProtobufText> Named(MapValue? map, Func<MapValue, ProtobufText> write, bool any = false) =>
        (map ?? new MapValue()).Where(one => any || one.Value is MapValue)
            .Select(one => new ProtobufText().Text(1, one.Key).Message(2, write(one.Value as MapValue ?? new MapValue())));

    // SecurityDefinitionsItem: 2 is the key in a header.
    private static ProtobufText SecurityItem(MapValue item) => new ProtobufText().Message(2, new ProtobufText()
        .Text(1, item.Text("type")).Text(2, item.Text("name")).Text(3, item.Text("in")).Text(4, item.Text("description")));

    private static ProtobufText PathItem(MapValue item) => new ProtobufText()
        .Message(2, Operation(item.Map("get")))
        .Message(3, Operation(item.Map("put")))
        .Message(4, Operation(item.Map("post")))
        .Message(5, Operation(item.Map("delete")))
        .Message(8, Operation(item.Map("patch")))
        .Messages(9, item.Maps("parameters").Select(Parameter));

    private static ProtobufText? Operation(MapValue? operation) => operation is null ? null : new ProtobufText()
        .Texts(1, TextsOf(operation, "tags"))
        .Text(3, operation.Text("description"))
        .Text(5, operation.Text("operationId"))
        .Texts(6, TextsOf(operation, "produces"))
        .Texts(7, TextsOf(operation, "consumes"))
        .Messages(8, operation.Maps("parameters").Select(Parameter))
        .Message(9, new ProtobufText().Messages(1, Named(operation.Map("responses"), ResponseValue)))
        .Texts(10, TextsOf(operation, "schemes"))
        .Messages(13, Extensions(operation));

    // ParametersItem 1: Parameter; Parameter 1: of the body, 2: others; others 3: of the query, 4: of the path.
    private static ProtobufText Parameter(MapValue parameter)
    {
        if (parameter.Text("in") == "body")
        {
            var body = new ProtobufText().Text(2, parameter.Text("name")).Text(3, "body").Truth(4, parameter.Boolean("required")).Message(5, parameter.Map("schema") is { } schema ? Schema(schema) : null);
            return new ProtobufText().Message(1, new ProtobufText().Message(1, body));
        }

        var isPath = parameter.Text("in") == "path";
        var other = new ProtobufText().Truth(1, parameter.Boolean("required")).Text(2, parameter.Text("in")).Text(3, parameter.Text("description")).Text(4, parameter.Text("name"))
            .Text(isPath ? 5 : 6, parameter.Text("type")).Truth(isPath ? 19 : 20, parameter.Boolean("uniqueItems"));
        return new ProtobufText().Message(1, new ProtobufText().Message(2, new ProtobufText().Message(isPath ? 4 : 3, other)));
    }

    private static ProtobufText ResponseValue(MapValue response) => new ProtobufText().Message(1, new ProtobufText()
        .Text(1, response.Text("description"))
        .Message(2, response.Map("schema") is { } schema ? new ProtobufText().Message(1, Schema(schema)) : null));

    private static ProtobufText Schema(MapValue schema) => new ProtobufText()
        .Text(1, schema.Text("$ref"))
        .Text(2, schema.Text("format"))
        .Text(3, schema.Text("title"))
        .Text(4, schema.Text("description"))
        .Message(5, schema["default"] is { } value ? Any(value) : null)
        .Real(7, NumberOf(schema["maximum"]))
        .Truth(8, schema.Boolean("exclusiveMaximum"))
        .Real(9, NumberOf(schema["minimum"]))
        .Truth(10, schema.Boolean("exclusiveMinimum"))
        .Number(11, schema.Integer("maxLength"))
        .Number(12, schema.Integer("minLength"))
        .Text(13, schema.Text("pattern"))
        .Number(14, schema.Integer("maxItems"))
        .Number(15, schema.Integer("minItems"))
        .Truth(16, schema.Boolean("uniqueItems"))
        .Number(17, schema.Integer("maxProperties"))
        .Number(18, schema.Integer("minProperties"))
        .Texts(19, TextsOf(schema, "required"))
        .Messages(20, (schema.List("enum") ?? new ListValue()).Select(Any))
        .Message(21, AdditionalProperties(schema["additionalProperties"]))
        .Message(22, schema.Text("type") is { } type ? new ProtobufText().Texts(1, [type]) : null)
        .Message(23, schema.Map("items") is { } items ? new ProtobufText().Message(1, Schema(items)) : null)
        .Messages(24, schema.Maps("allOf").Select(Schema))
        .Message(25, schema.Map("properties") is { } properties ? new ProtobufText().Messages(1, Named(properties, Schema)) : null)
        .Messages(31, Extensions(schema));

    private static ProtobufText? AdditionalProperties(Value? value) => value switch
    {
        MapValue map => new ProtobufText().Message(1, Schema(map)),
        BooleanValue truth => new ProtobufText().Truth(2, truth.Truth),
        _ => null,
    };

    private static IEnumerable<ProtobufText> Extensions(MapValue map) =>
        map.Where(static one => one.Key.StartsWith("x-", StringComparison.Ordinal)).Select(static one => new ProtobufText().Text(1, one.Key).Message(2, Any(one.Value)));

    // Any: 2 the value as YAML.
    private static ProtobufText Any(Value value) => new ProtobufText().Text(2, YamlText.ToText(value));

    private static double? NumberOf(Value? value) => value switch
    {
        IntegerValue number => number.Number,
        DoubleValue number => number.Number,
        _ => null,
    };

    private static IEnumerable<string> TextsOf(MapValue map, string field) => map.List(field)?.Texts() ?? [];
}
