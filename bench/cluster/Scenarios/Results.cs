using System.Globalization;
using System.Text;

namespace Naru.Cluster.Bench.Scenarios;

/// <summary>Numbers with a name, printed as they come and as JSON in the end.</summary>
internal sealed class Results
{
    private readonly List<(string Name, double Value, string Unit)> _rows = [];

    public void Add(string name, double value, string unit)
    {
        _rows.Add((name, value, unit));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-58} {value,12:0.###} {unit}"));
    }

    public string ToJson()
    {
        var text = new StringBuilder("[");
        foreach (var (name, value, unit) in _rows)
        {
            text.Append(text.Length > 1 ? "," : "").Append(CultureInfo.InvariantCulture, $"\n  {{\"name\": \"{name}\", \"value\": {value:0.###}, \"unit\": \"{unit}\"}}");
        }

        return text.Append("\n]\n").ToString();
    }
}
