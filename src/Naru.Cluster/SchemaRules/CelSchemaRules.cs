using System.Globalization;
using Naru.Cel.Runtime;
using Naru.Cluster.CustomResources;
using Naru.Objects.Json;
using Naru.Objects.Kinds;
using Naru.Objects.Schemas;
using Naru.Objects.Schemas.Structural;
using Naru.Objects.Values;

namespace Naru.Cluster.SchemaRules;

/// <summary>Judges <c>x-kubernetes-validations</c> by CEL.</summary>
internal sealed class CelSchemaRules : ISchemaRules
{
    public void Validate(StructuralSchema schema, MapValue value, MapValue? old, FieldErrors errors) => new RuleWalk(errors).Walk(schema, value, old, "", true);

    /// <summary>One object's walk. All its rules share a budget.</summary>
    private sealed class RuleWalk(FieldErrors errors)
    {
        private long _budget = CostMeter.PerObject;

        public void Walk(StructuralSchema schema, Value value, Value? old, string path, bool isRoot = false)
        {
            if (!schema.HasValidations || _budget < 0 || value is NullValue)
            {
                return;
            }

            if (schema.Validations.Count > 0)
            {
                JudgePlace(schema, value, old, path, isRoot);
            }

            switch (value)
            {
                case MapValue map:
                    WalkMap(schema, map, old as MapValue, path);
                    break;
                case ListValue list when schema.ElementSchema is { HasValidations: true } element:
                    WalkList(schema, element, list, old as ListValue, path);
                    break;
            }
        }

        private void WalkMap(StructuralSchema schema, MapValue map, MapValue? old, string path)
        {
            foreach (var (name, value) in map)
            {
                var named = schema.FieldSchema(name);
                if ((named ?? (schema.Kind == SchemaKind.Map ? schema.ElementSchema : null)) is { HasValidations: true } field)
                {
                    Walk(field, value, old?[name], named is null ? $"{path}[{name}]" : path.Length == 0 ? name : $"{path}.{name}");
                }
            }
        }

        // Entries have something to be compared with only where their keys tell them apart.
        private void WalkList(StructuralSchema schema, StructuralSchema element, ListValue list, ListValue? old, string path)
        {
            var before = schema.ListType == ListSemantics.Map && old is not null ? ByKey(schema, old) : null;
            for (var index = 0; index < list.Count; index++)
            {
                var item = list[index];
                Walk(element, item, before?.GetValueOrDefault(KeyOf(schema, item)), string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"));
            }
        }

        private static Dictionary<string, Value> ByKey(StructuralSchema schema, ListValue list)
        {
            var items = new Dictionary<string, Value>(list.Count, StringComparer.Ordinal);
            foreach (var item in list)
            {
                items.TryAdd(KeyOf(schema, item), item);
            }

            return items;
        }

        private static string KeyOf(StructuralSchema schema, Value item)
        {
            var key = new MapValue(schema.ListKeys.Count);
            foreach (var name in schema.ListKeys)
            {
                key[name] = (item as MapValue)?[name] ?? schema.ElementSchema?.FieldSchema(name)?.Default;
            }

            return JsonText.ToText(key);
        }

        private void JudgePlace(StructuralSchema schema, Value value, Value? old, string path, bool isRoot)
        {
            var place = PlaceRules.Of(schema, isRoot);
            var unchanged = old is not null && value.DeepEquals(old);
            var variables = new Dictionary<string, object> { ["self"] = TreeValues.Read(value, place.Type) };
            foreach (var rule in place.Rules)
            {
                if (rule.IsTransition)
                {
                    if (old is null && !rule.Rule.OptionalOldSelf)
                    {
                        continue;
                    }

                    var before = old is null or NullValue ? null : TreeValues.Read(old, place.Type);
                    variables["oldSelf"] = rule.Rule.OptionalOldSelf ? before is null ? CelOptional.None : new CelOptional(before) : before ?? CelNull.Instance;
                }
                else if (unchanged)
                {
                    // What stands unchanged is not held against a change elsewhere.
                    continue;
                }

                Judge(schema, rule, variables, path);
                if (_budget < 0)
                {
                    return;
                }
            }
        }

        private void Judge(StructuralSchema schema, CompiledRule rule, Dictionary<string, object> variables, string path)
        {
            var type = schema.Source.Text("type") ?? "";
            if (rule.Failure is { } broken || rule.Program is not { } program)
            {
                errors.Invalid(Place(path), type, $"rule compile error: {rule.Failure}");
                return;
            }

            var meter = new CostMeter(Math.Min(CostMeter.PerExpression, _budget));
            try
            {
                var result = program.Evaluate(variables, meter);
                _budget -= meter.Spent;
                if (result is CelError error)
                {
                    errors.Invalid(Place(path), type, error.Message.StartsWith("no such overload", StringComparison.Ordinal)
                        ? $"'{error.Message}': call arguments did not match a supported operator, function or macro signature for rule: {rule.Shown}"
                        : $"{error.Message} evaluating rule: {rule.Shown}");
                }
                else if (result is not true)
                {
                    Report(rule, type, variables, path);
                }
            }
            catch (CostExceededException failure)
            {
                _budget = -1;
                errors.Invalid(Place(path), type, $"'{failure.Message}': no further validation rules will be run due to call cost exceeds limit for rule: {rule.Shown}");
            }
        }

        private void Report(CompiledRule rule, string type, Dictionary<string, object> variables, string path)
        {
            var field = Place(rule.Rule.FieldPath.Length == 0 ? path : path.Length == 0 ? rule.Rule.FieldPath.TrimStart('.') : path + rule.Rule.FieldPath);
            var detail = MessageOf(rule, variables);
            switch (rule.Rule.Reason)
            {
                case "FieldValueRequired":
                    errors.Required(field, detail);
                    break;
                case "FieldValueForbidden":
                    errors.Forbidden(field, detail);
                    break;
                case "FieldValueDuplicate":
                    errors.Duplicate(field, type);
                    break;
                default:
                    errors.Invalid(field, type, detail);
                    break;
            }
        }

        private string MessageOf(CompiledRule rule, Dictionary<string, object> variables)
        {
            var plain = rule.Rule.Message.Length > 0 ? rule.Rule.Message : $"failed rule: {rule.Shown}";
            if (rule.Message is not { } expression)
            {
                return plain;
            }

            var meter = new CostMeter(Math.Min(CostMeter.PerExpression, _budget));
            try
            {
                var text = expression.Evaluate(variables, meter) as string;
                _budget -= meter.Spent;
                return !string.IsNullOrWhiteSpace(text) && !text.Contains('\n') && text.Length <= 5 * 1024 ? text.Trim() : plain;
            }
            catch (CostExceededException)
            {
                _budget -= meter.Spent;
                return plain;
            }
        }

        private static string Place(string path) => path.Length == 0 ? "<nil>" : path;
    }
}
