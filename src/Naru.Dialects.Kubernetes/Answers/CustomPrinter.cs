using System.Collections.Immutable;
using System.Globalization;
using Naru.Objects.Json;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Answers;

/// <summary>Rows for kinds without a printer of their own: the name, the columns that their definition names, or the age.</summary>
internal sealed class CustomPrinter : ITablePrinter
{
    /// <summary>Name and age.</summary>
    public static readonly CustomPrinter Plain = Read([]);

    private readonly ImmutableArray<(FieldPath Path, string Type)> _cells;

    private CustomPrinter(ImmutableArray<TableColumn> columns, ImmutableArray<(FieldPath Path, string Type)> cells) => (Columns, _cells) = (columns, cells);

    public ImmutableArray<TableColumn> Columns { get; }

    /// <summary>A printer for the columns as a definition writes them down.</summary>
    public static CustomPrinter Read(ImmutableArray<MapValue> definitions)
    {
        var columns = ImmutableArray.CreateBuilder<TableColumn>();
        var cells = ImmutableArray.CreateBuilder<(FieldPath, string)>();
        columns.Add(new TableColumn("Name", "string", "name", "Name must be unique within a namespace.", 0));
        foreach (var one in definitions)
        {
            var type = one.Text("type") ?? "string";
            columns.Add(new TableColumn(one.Text("name") ?? "", type, one.Text("format") ?? "", one.Text("description") is { Length: > 0 } words ? words : $"Custom resource definition column (in JSONPath format): {one.Text("jsonPath")}", (int)(one.Integer("priority") ?? 0)));
            cells.Add((FieldPath.Parse(one.Text("jsonPath") ?? ""), type));
        }

        if (definitions.IsEmpty)
        {
            columns.Add(new TableColumn("Age", "date", "", "When the object was created.", 0));
            cells.Add((FieldPath.Parse(".metadata.creationTimestamp"), "date"));
        }

        return new CustomPrinter(columns.ToImmutable(), cells.ToImmutable());
    }

    public ImmutableArray<Value> Cells(MapValue body, DateTimeOffset now)
    {
        var row = ImmutableArray.CreateBuilder<Value>(_cells.Length + 1);
        row.Add(body.Text("metadata", "name") ?? "");
        foreach (var (path, type) in _cells)
        {
            row.Add(CellOf(path.Find(body), type, now));
        }

        return row.MoveToImmutable();
    }

    private static Value CellOf(IReadOnlyList<Value> found, string type, DateTimeOffset now)
    {
        if (found.Count == 0)
        {
            return NullValue.Instance;
        }

        return (type, found[0]) switch
        {
            ("date", TextValue text) when DateTimeOffset.TryParse(text.Text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var then) => AgeText.Of(now - then),
            ("date", TextValue) => "<invalid>",
            ("date", _) => NullValue.Instance,
            ("integer", IntegerValue number) => number,
            ("integer", DoubleValue number) => (long)number.Number,
            ("integer", _) => NullValue.Instance,
            ("number", IntegerValue or DoubleValue) => found[0],
            ("number", _) => NullValue.Instance,
            ("boolean", BooleanValue truth) => truth,
            ("boolean", _) => NullValue.Instance,
            // Of several only the first is shown, whatever its path says.
            _ => found[0] is TextValue text ? text.Text : JsonText.ToText(found[0]),
        };
    }
}
