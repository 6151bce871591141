using Naru.Cel.Functions;
using Naru.Cel.Runtime;
using Naru.Objects.Quantities;

namespace Naru.Cel.Libraries;

/// <summary>Amounts of resources.</summary>
internal static class QuantityLibrary
{
    public static void AddTo(FunctionBook book)
    {
        book.Add<string>("quantity(string) quantity", static text => Quantity.TryParse(text, out var amount) ? amount : new CelError("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"));
        book.Add<string>("isQuantity(string) bool", static text => Quantity.TryParse(text, out _));
        book.Add<Quantity>("quantity.sign() int", static one => (long)one.Sign);
        book.Add<Quantity>("quantity.isInteger() bool", static one => Whole(one) is long);
        book.Add<Quantity>("quantity.asInteger() int", Whole);
        book.Add<Quantity>("quantity.asApproximateFloat() double", static one => one.AsDouble);
        book.Add<Quantity, Quantity>("quantity.isGreaterThan(quantity) bool", static (left, right) => left > right);
        book.Add<Quantity, Quantity>("quantity.isLessThan(quantity) bool", static (left, right) => left < right);
        book.Add<Quantity, Quantity>("quantity.compareTo(quantity) int", static (left, right) => (long)Math.Sign(left.CompareTo(right)));
        book.Add<Quantity, Quantity>("quantity.add(quantity) quantity", static (left, right) => left + right);
        book.Add<Quantity, long>("quantity.add(int) quantity", static (left, right) => left + Quantity.FromUnits(right));
        book.Add<Quantity, Quantity>("quantity.sub(quantity) quantity", static (left, right) => left - right);
        book.Add<Quantity, long>("quantity.sub(int) quantity", static (left, right) => left - Quantity.FromUnits(right));
    }

    private static object Whole(Quantity one) => Quantity.FromUnits(one.Value) == one ? one.Value : new CelError("cannot convert value to integer");
}
