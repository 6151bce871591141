using System.Text;

namespace Naru.Dialects.Kubernetes.Streaming;

/// <summary>A query as it is written.</summary>
internal sealed class QueryText
{
    private readonly StringBuilder _text = new();

    public void Add(string name, string value) =>
        _text.Append(_text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));

    public void AddTruth(string name, bool? value)
    {
        if (value == true)
        {
            Add(name, "1");
        }
    }

    public override string ToString() => _text.ToString();
}
