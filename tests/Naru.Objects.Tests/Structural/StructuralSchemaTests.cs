using Naru.Objects.Json;
using Naru.Objects.Kinds;
using Naru.Objects.Schemas;
using Naru.Objects.Schemas.Structural;
using Naru.Objects.Values;

namespace Naru.Objects.Tests.Structural;

public sealed class StructuralSchemaTests
{
    private static StructuralSchema Compile(string spec)
    {
        var errors = new FieldErrors();
        var schema = StructuralSchema.Compile((MapValue)JsonText.Parse("""{"type":"object","properties":{"spec":""" + spec + "}}"), errors);
        Assert.Empty(errors.Causes);
        return schema;
    }

    private static string[] Broken(string schema) => [.. BrokenOf(schema).Select(static cause => $"{cause.Field}: {cause.Message}")];

    private static IEnumerable<Core.Errors.FailureCause> BrokenOf(string schema)
    {
        var errors = new FieldErrors();
        StructuralSchema.Compile((MapValue)JsonText.Parse(schema), errors, "s");
        return errors.Causes;
    }

    [Theory]
    [InlineData("""{}""", "s.type: Required value: must not be empty at the root")]
    [InlineData("""{"type":"array","items":{"type":"string"}}""", "s.type: Invalid value: \"array\": must be object at the root")]
    [InlineData("""{"type":"object","properties":{"a":{}}}""", "s.properties[a].type: Required value: must not be empty for specified object fields")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"array","items":{}}}}""", "s.properties[a].items.type: Required value: must not be empty for specified array items")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"fly"}}}""", "s.properties[a].type: Unsupported value: \"fly\": supported values: \"array\", \"boolean\", \"integer\", \"number\", \"object\", \"string\"")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"object","properties":{},"additionalProperties":{"type":"string"}}}}""", "s.properties[a].additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","x-kubernetes-int-or-string":true}}}""", "s.properties[a].type: Invalid value: \"string\": must be empty if x-kubernetes-int-or-string is true")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"object","x-kubernetes-preserve-unknown-fields":false}}}""", "s.properties[a].x-kubernetes-preserve-unknown-fields: Invalid value: false: must be true or undefined")]
    [InlineData("""{"type":"object","anyOf":[{"properties":{"a":{"minimum":1}}}]}""", "s.properties[a]: Required value: because it is defined in s.anyOf[0].properties[a]")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"}},"allOf":[{"properties":{"a":{"type":"string"}}}]}""", "s.allOf[0].properties[a].type: Forbidden: must be empty to be structural")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","pattern":"("}}}""", "s.properties[a].pattern: Invalid value: \"(\": must be a valid regular expression, but isn't: *")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","pattern":"(?=a)"}}}""", "s.properties[a].pattern: Invalid value: \"(?=a)\": must be a valid regular expression, but isn't: *")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer","default":"x"}}}""", "s.properties[a].default: Invalid value: \"string\": s.properties[a].default in body must be of type integer: \"string\"")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"array","x-kubernetes-list-type":"map","items":{"type":"object","properties":{"n":{"type":"string"}}},"x-kubernetes-list-map-keys":["n"]}}}""", "s.properties[a].items.properties[n].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property")]
    [InlineData("""{"type":"object","properties":{"metadata":{"type":"object","properties":{"labels":{"type":"object"}}}}}""", "s.properties[metadata].properties[labels]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified")]
    public void Compile_NotStructural_SaysWhere(string schema, string expected)
    {
        var found = Assert.Single(Broken(schema));
        Assert.True(expected.EndsWith('*') ? found.StartsWith(expected[..^1], StringComparison.Ordinal) : found == expected, found);
    }

    [Theory]
    [InlineData("""{"type":"string"}""", "1", "spec: Invalid value: \"integer\": spec in body must be of type string: \"integer\"")]
    [InlineData("""{"type":"string"}""", "null", "spec: Invalid value: \"null\": spec in body must be of type string: \"null\"")]
    [InlineData("""{"type":"string","nullable":true}""", "null", null)]
    [InlineData("""{"type":"string","enum":["a","b"]}""", "\"c\"", "spec: Unsupported value: \"c\": supported values: \"a\", \"b\"")]
    [InlineData("""{"type":"string","maxLength":2}""", "\"한🚢x\"", "spec: Too long: may not be more than 2 bytes")]
    [InlineData("""{"type":"string","maxLength":2}""", "\"한🚢\"", null)]
    [InlineData("""{"type":"string","minLength":2}""", "\"a\"", "spec: Invalid value: \"a\": spec in body should be at least 2 chars long")]
    [InlineData("""{"type":"string","pattern":"^[a-z\\d]+$"}""", "\"a1\"", null)]
    [InlineData("""{"type":"string","pattern":"^[a-z\\d]+$"}""", "\"a1\\n\"", "spec: Invalid value: \"a1\n\": spec in body should match '^[a-z\\d]+$'")]
    [InlineData("""{"type":"string","pattern":"^(?P<x>[[:alpha:]]+)\\pL$"}""", "\"ab\"", null)]
    [InlineData("""{"type":"string","format":"ipv4"}""", "\"1.2.3\"", "spec: Invalid value: \"1.2.3\": spec in body must be of type ipv4: \"1.2.3\"")]
    [InlineData("""{"type":"string","format":"date-time"}""", "\"2026-11-26T01:00:00Z\"", null)]
    [InlineData("""{"type":"string","format":"unheard-of"}""", "\"x\"", null)]
    [InlineData("""{"type":"integer","minimum":1}""", "0", "spec: Invalid value: 0: spec in body should be greater than or equal to 1")]
    [InlineData("""{"type":"integer","maximum":1,"exclusiveMaximum":true}""", "1", "spec: Invalid value: 1: spec in body should be less than 1")]
    [InlineData("""{"type":"integer"}""", "1.5", "spec: Invalid value: \"number\": spec in body must be of type integer: \"number\"")]
    [InlineData("""{"type":"integer"}""", "2.0", null)]
    [InlineData("""{"type":"integer","format":"int32"}""", "2147483648", "spec: Invalid value: 2147483648: spec in body must be of type int32: \"2147483648\"")]
    [InlineData("""{"type":"number","multipleOf":0.1}""", "0.3", null)]
    [InlineData("""{"type":"integer","multipleOf":3}""", "4", "spec: Invalid value: 4: spec in body should be a multiple of 3")]
    [InlineData("""{"type":"array","items":{"type":"integer"},"maxItems":1}""", "[1,2]", "spec: Too many: 2: must have at most 1 items")]
    [InlineData("""{"type":"array","items":{"type":"integer"},"minItems":1}""", "[]", "spec: Invalid value: 0: spec in body should have at least 1 items")]
    [InlineData("""{"type":"array","items":{"type":"string"},"x-kubernetes-list-type":"set"}""", """["a","a"]""", "spec[1]: Duplicate value: \"a\"")]
    [InlineData("""{"type":"array","items":{"type":"object","required":["n"],"properties":{"n":{"type":"string"},"v":{"type":"integer"}}},"x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["n"]}""", """[{"n":"a","v":1},{"n":"a","v":2}]""", "spec[1]: Duplicate value: {\"n\":\"a\"}")]
    [InlineData("""{"type":"object","required":["a"],"properties":{"a":{"type":"string"}}}""", "{}", "spec.a: Required value")]
    [InlineData("""{"type":"object","additionalProperties":{"type":"integer"},"maxProperties":1}""", """{"a":1,"b":2}""", "spec: Too many: 2: must have at most 1 items")]
    [InlineData("""{"x-kubernetes-int-or-string":true,"anyOf":[{"type":"integer"},{"type":"string"}]}""", "\"50%\"", null)]
    [InlineData("""{"x-kubernetes-int-or-string":true}""", "true", "spec: Invalid value: \"boolean\": spec in body must be of type integer,string: \"boolean\"")]
    [InlineData("""{"type":"integer","oneOf":[{"minimum":1},{"minimum":5}]}""", "7", "spec: Invalid value: \"\": \"spec\" must validate one and only one schema (oneOf). Found 2 valid alternatives")]
    [InlineData("""{"type":"integer","anyOf":[{"minimum":1},{"maximum":-1}]}""", "0", "spec: Invalid value: \"\": \"spec\" must validate at least one schema (anyOf)|spec: Invalid value: 0: spec in body should be greater than or equal to 1")]
    [InlineData("""{"type":"integer","not":{"minimum":1}}""", "3", "spec: Invalid value: \"\": \"spec\" must not validate the schema (not)")]
    [InlineData("""{"type":"integer","allOf":[{"minimum":1}]}""", "0", "spec: Invalid value: 0: spec in body should be greater than or equal to 1")]
    [InlineData("""{"type":"object","x-kubernetes-embedded-resource":true,"x-kubernetes-preserve-unknown-fields":true}""", """{"kind":"Pod"}""", "spec.apiVersion: Required value: must not be empty")]
    public void Validate_Value_SaysWhatIsWrong(string schema, string value, string? expected)
    {
        var errors = new FieldErrors();
        Compile(schema).Validate(new MapValue { ["spec"] = JsonText.Parse(value) }, null, "", errors);
        Assert.Equal(expected ?? "", string.Join("|", errors.Causes.Select(static cause => $"{cause.Field}: {cause.Message}")));
    }

    [Fact]
    public void Validate_WhatStandsUnchanged_IsNotHeldAgainstTheChange()
    {
        var schema = Compile("""{"type":"object","properties":{"a":{"type":"string","maxLength":1},"l":{"type":"array","items":{"type":"object","required":["n"],"properties":{"n":{"type":"string"},"v":{"type":"integer","maximum":1}}},"x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["n"]}}}""");
        var old = JsonText.Parse("""{"spec":{"a":"long","l":[{"n":"x","v":5}]}}""");
        var errors = new FieldErrors();
        schema.Validate(JsonText.Parse("""{"spec":{"a":"long","l":[{"n":"y","v":1},{"n":"x","v":5}]}}"""), old, "", errors);
        Assert.Empty(errors.Causes);
        schema.Validate(JsonText.Parse("""{"spec":{"a":"longer","l":[{"n":"x","v":6}]}}"""), old, "", errors);
        Assert.Equal(["spec.a", "spec.l[0].v"], errors.Causes.Select(static cause => cause.Field));
    }

    [Fact]
    public void Prune_UnknownFields_GoAndAreNamed()
    {
        var schema = Compile("""{"type":"object","properties":{"a":{"type":"array","items":{"type":"object","properties":{"n":{"type":"string"}}}},"free":{"type":"object","x-kubernetes-preserve-unknown-fields":true,"properties":{"k":{"type":"object","properties":{}}}},"labels":{"type":"object","additionalProperties":{"type":"string"}},"any":{"type":"object","additionalProperties":true}}}""");
        var body = (MapValue)JsonText.Parse("""{"apiVersion":"v1","kind":"K","metadata":{"name":"n"},"other":1,"spec":{"a":[{"n":"x","z":1}],"free":{"q":{"w":1},"k":{"gone":1}},"labels":{"l":"1"},"any":{"x":{"y":1}},"b":2}}""");
        var unknown = new List<string>();
        schema.Prune(body, unknown);
        Assert.Equal(["other", "spec.a[0].z", "spec.b", "spec.free.k.gone"], unknown.Order(StringComparer.Ordinal));
        Assert.Equal("""{"apiVersion":"v1","kind":"K","metadata":{"name":"n"},"spec":{"a":[{"n":"x"}],"free":{"q":{"w":1},"k":{}},"labels":{"l":"1"},"any":{"x":{"y":1}}}}""", JsonText.ToText(body));
    }

    [Fact]
    public void SetDefaults_MissingAndNull_AreFilledIn()
    {
        var schema = Compile("""{"type":"object","default":{},"properties":{"a":{"type":"integer","default":1},"b":{"type":"string"},"c":{"type":"object","default":{"x":1},"properties":{"x":{"type":"integer"},"y":{"type":"integer","default":2}}},"l":{"type":"array","items":{"type":"object","properties":{"d":{"type":"string","default":"e"}}}},"n":{"type":"string","nullable":true}}}""");
        var empty = new MapValue();
        schema.SetDefaults(empty);
        Assert.Equal("""{"spec":{"a":1,"c":{"x":1,"y":2}}}""", JsonText.ToText(empty));
        var nulls = (MapValue)JsonText.Parse("""{"spec":{"a":null,"b":null,"n":null,"l":[{}],"c":{}}}""");
        schema.SetDefaults(nulls);
        Assert.Equal("""{"spec":{"n":null,"l":[{"d":"e"}],"c":{"y":2},"a":1}}""", JsonText.ToText(nulls));
        empty.Map("spec")!["a"] = 9;
        var again = new MapValue();
        schema.SetDefaults(again);
        Assert.Equal(1, again.Integer("spec", "a"));
    }

    [Fact]
    public void Schema_AsISchema_TellsHowToApply()
    {
        ISchema schema = Compile("""{"type":"object","x-kubernetes-map-type":"atomic","x-kubernetes-validations":[{"rule":"self.a > 0","message":"m"}],"properties":{"a":{"type":"integer"}}}""");
        var spec = (StructuralSchema)schema.Field("spec")!;
        Assert.True(spec.IsAtomic);
        Assert.Equal(new ValidationRule("self.a > 0", "m", "", "FieldValueInvalid", "", false), Assert.Single(spec.Validations));
        Assert.True(((StructuralSchema)schema).HasValidations);
        Assert.Equal((SchemaKind.Map, SchemaKind.Map, SchemaKind.Text), (schema.Kind, schema.Field("metadata")!.Kind, schema.Field("kind")!.Kind));
        Assert.Null(schema.Field("other"));
    }

    [Fact]
    public void Validate_PatternMadeToRunAway_Answers()
    {
        var schema = Compile("""{"type":"string","pattern":"^(a+)+$"}""");
        var errors = new FieldErrors();
        schema.Validate(new MapValue { ["spec"] = new string('a', 100_000) + "!" }, null, "", errors);
        Assert.Single(errors.Causes);
        Assert.Contains("invalid repeat count", Assert.Single(Broken("""{"type":"object","properties":{"a":{"type":"string","pattern":"(a{1,100000})"}}}""")), StringComparison.Ordinal);
    }
}
