using System.Globalization;
using Naru.Cel.Types;
using Naru.Objects.Kinds;
using Naru.Objects.Schemas;
using Naru.Objects.Schemas.Structural;
using Naru.Objects.Values;

namespace Naru.Cluster.SchemaRules;

/// <summary>Judges the rules of a definition's schema when it is written: they must compile, and must not be able to cost too much.</summary>
internal sealed class DefinitionRuleChecks(FieldErrors errors)
{
    private const double MostPerRule = 10_000_000;
    private const double MostPerSchema = 100_000_000;

    // Estimates differ in detail from those of Kubernetes: what is near the limit is left to the budget of evaluation.
    private const double Slack = 10;

    private static readonly string[] Reasons = ["FieldValueInvalid", "FieldValueForbidden", "FieldValueRequired", "FieldValueDuplicate"];

    private double _total;

    /// <summary>Checks a schema's rules.</summary>
    public static void Check(StructuralSchema schema, string path, FieldErrors errors)
    {
        if (!schema.HasValidations)
        {
            return;
        }

        var checks = new DefinitionRuleChecks(errors);
        checks.Check(schema, path, 1, true, true);
        if (checks._total > MostPerSchema * Slack)
        {
            errors.Forbidden(path, $"x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of {Factor(checks._total / MostPerSchema)} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)");
        }
    }

    private void Check(StructuralSchema schema, string path, double count, bool correlates, bool isRoot = false)
    {
        if (!schema.HasValidations)
        {
            return;
        }

        if (schema.Validations.Count > 0)
        {
            CheckPlace(schema, path, count, correlates, isRoot);
        }

        foreach (var name in schema.FieldNames)
        {
            if (schema.FieldSchema(name) is { } field)
            {
                Check(field, $"{path}.properties[{name}]", count, correlates && !schema.IsAtomic);
            }
        }

        if (schema.ElementSchema is { } element)
        {
            var list = schema.Kind == SchemaKind.List;
            var most = schema.Source.Integer(list ? "maxItems" : "maxProperties") ?? Entries(element, list);
            Check(element, $"{path}.{(list ? "items" : "additionalProperties")}", count * most, correlates && (list ? schema.ListType == ListSemantics.Map : !schema.IsAtomic));
        }
    }

    private void CheckPlace(StructuralSchema schema, string path, double count, bool correlates, bool isRoot)
    {
        var place = PlaceRules.Of(schema, isRoot);
        for (var index = 0; index < place.Rules.Count; index++)
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"{path}.x-kubernetes-validations[{index}]");
            CheckRule(place.Rules[index], schema, at, correlates);
            CheckCost(place.Rules[index], at, count);
        }
    }

    private void CheckRule(CompiledRule compiled, StructuralSchema schema, string at, bool correlates)
    {
        var rule = compiled.Rule;
        if (rule.Rule.Trim().Length == 0)
        {
            errors.Required($"{at}.rule", "rule is not specified");
            return;
        }

        if (rule.Message.Length > 0 && rule.Message.Trim().Length == 0)
        {
            errors.Invalid($"{at}.message", rule.Message, "message must be non-empty if specified");
        }
        else if (rule.Message.Trim().Contains('\n'))
        {
            errors.Invalid($"{at}.message", rule.Message, "message must not contain line breaks");
        }
        else if (rule.Rule.Trim().Contains('\n') && rule.Message.Length == 0)
        {
            errors.Required($"{at}.message", "message must be specified if rule contains line breaks");
        }

        if (!Reasons.Contains(rule.Reason))
        {
            errors.NotSupported($"{at}.reason", rule.Reason, Reasons);
        }

        if (rule.FieldPath.Length > 0 && !PathExists(schema, rule.FieldPath))
        {
            errors.Invalid($"{at}.fieldPath", rule.FieldPath, $"fieldPath must be a valid path: {rule.FieldPath} does not refer to a valid field");
        }

        if (compiled.Failure is { } failure)
        {
            errors.Add("FieldValueInvalid", $"{at}.rule", $"Invalid value: {Show(rule)}: {failure}");
        }
        else if (compiled.IsTransition && !correlates)
        {
            errors.Invalid($"{at}.rule", rule.Rule, $"oldSelf cannot be used on the uncorrelatable portion of the schema within {at[..at.LastIndexOf(".x-", StringComparison.Ordinal)]}");
        }

        if (compiled.MessageFailure is { } message)
        {
            errors.Add("FieldValueInvalid", $"{at}.messageExpression", $"Invalid value: {Show(rule)}: {message}");
        }
    }

    private void CheckCost(CompiledRule rule, string at, double count)
    {
        if (rule.Program is not { } program)
        {
            return;
        }

        var cost = program.EstimateCost() * count;
        _total += cost;
        if (cost > MostPerRule * Slack)
        {
            errors.Forbidden($"{at}.rule", $"estimated rule cost exceeds budget by factor of {Factor(cost / MostPerRule)} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)");
        }
    }

    private static double Entries(StructuralSchema element, bool list)
    {
        var type = OpenApiTypes.Of(element.Source, "object") ?? CelType.Dyn;
        return Cel.CelSizes.MostItems(list ? CelType.ListOf(type) : CelType.MapOf(CelType.Text, type));
    }

    // .a.b['c-d'] below the place.
    private static bool PathExists(StructuralSchema schema, string path)
    {
        var at = schema;
        foreach (var name in path.Replace("['", ".", StringComparison.Ordinal).Replace("']", "", StringComparison.Ordinal).TrimStart('.').Split('.'))
        {
            var next = at.FieldSchema(name) ?? (at.Kind == SchemaKind.Map ? at.ElementSchema : null);
            if (next is null)
            {
                return at.IsEmbedded && name is "metadata" or "apiVersion" or "kind";
            }

            at = next;
        }

        return path[0] is '.' or '[';
    }

    private static string Factor(double factor) => factor > 100 ? "more than 100x" : string.Create(CultureInfo.InvariantCulture, $"{factor:0.0}x");

    private static string Show(ValidationRule rule) =>
        $"apiextensions.ValidationRule{{Rule:\"{rule.Rule}\", Message:\"{rule.Message}\", MessageExpression:\"{rule.MessageExpression}\", Reason:(*apiextensions.FieldValueErrorReason)(nil), FieldPath:\"{rule.FieldPath}\", OptionalOldSelf:(*bool)(nil)}}";
}
