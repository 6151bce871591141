using Naru.Cel.Syntax;

namespace Naru.Cel.Checking;

/// <summary>Whether an expression speaks of a variable of its environment.</summary>
internal static class NameSearch
{
    public static bool Finds(Expression? tree, string name) => tree switch
    {
        null or Literal => false,
        Identifier one => one.Slot < 0 && one.Name.TrimStart('.') == name,
        Selection one => Finds(one.Operand, name),
        Call one => Finds(one.Target, name) || one.Arguments.Any(argument => Finds(argument, name)),
        Junction one => one.Terms.Exists(term => Finds(term, name)),
        ListLiteral one => one.Items.Exists(item => Finds(item, name)),
        MapLiteral one => one.Entries.Exists(entry => Finds(entry.Key, name) || Finds(entry.Value, name)),
        ObjectLiteral one => one.Fields.Exists(entry => Finds(entry.Value, name)),
        Loop one => Finds(one.Range, name) || Finds(one.Filter, name) || Finds(one.Body, name),
        Binding one => Finds(one.Value, name) || Finds(one.Body, name),
        _ => false,
    };
}
