using Naru.Objects.Values;

namespace Naru.Objects.Schemas.Structural;

/// <summary>A rule in CEL that a schema sets (<c>x-kubernetes-validations</c>). Evaluated elsewhere: this only carries it.</summary>
/// <param name="Rule">The expression; <c>self</c> is the value at the schema's place.</param>
/// <param name="Message">What to say if it is false; empty if nothing is given.</param>
/// <param name="MessageExpression">An expression for what to say; empty if none.</param>
/// <param name="Reason">Reason of the cause: <c>FieldValueInvalid</c> unless told otherwise.</param>
/// <param name="FieldPath">Path of the field to blame, below the place: <c>.a.b</c>; empty for the place itself.</param>
/// <param name="OptionalOldSelf">The rule also holds where there is no old value.</param>
public sealed record ValidationRule(string Rule, string Message, string MessageExpression, string Reason, string FieldPath, bool OptionalOldSelf)
{
    internal static ValidationRule Read(MapValue map) => new(
        map.Text("rule") ?? "",
        map.Text("message") ?? "",
        map.Text("messageExpression") ?? "",
        map.Text("reason") ?? "FieldValueInvalid",
        map.Text("fieldPath") ?? "",
        map.Boolean("optionalOldSelf") ?? false);
}
