using System.Collections.Immutable;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Printing;

/// <summary>A table made of a line of columns and a function for the cells.</summary>
/// <param name="columns">Columns, parted by commas: <c>Name, Ready, Desired#, Suspend!, Created At@, IP+</c>. <c>#</c> is a whole number, <c>!</c> a truth value, <c>@</c> a
/// time, <c>+</c> a column of the wide form. <c>=</c> and the column <c>Name</c> have the format of a name.</param>
/// <param name="cells">The cells of a body, one for each column.</param>
internal sealed class TablePrinter(string columns, Func<MapValue, DateTimeOffset, ImmutableArray<Value>> cells) : ITablePrinter
{
    /// <inheritdoc/>
    public ImmutableArray<TableColumn> Columns { get; } = [.. columns.Split(',', StringSplitOptions.TrimEntries).Select(Column)];

    /// <inheritdoc/>
    public ImmutableArray<Value> Cells(MapValue body, DateTimeOffset now) => cells(body, now);

    private static TableColumn Column(string text)
    {
        var name = text.TrimEnd('#', '!', '@', '+', '=');
        var marks = text[name.Length..];
        var type = marks.Contains('#', StringComparison.Ordinal) ? "integer" : marks.Contains('!', StringComparison.Ordinal) ? "boolean" : marks.Contains('@', StringComparison.Ordinal) ? "date" : "string";
        var format = name == "Name" || marks.Contains('=', StringComparison.Ordinal) ? "name" : "";
        return new(name, type, format, ColumnNotes.Of(name), marks.Contains('+', StringComparison.Ordinal) ? 1 : 0);
    }
}
