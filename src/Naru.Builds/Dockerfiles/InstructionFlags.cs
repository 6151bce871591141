using System.Collections.Immutable;
using Naru.Core.Errors;

namespace Naru.Builds.Dockerfiles;

/// <summary>The flags of one instruction: which there may be, what they hold.</summary>
internal sealed class InstructionFlags
{
    private readonly Dictionary<string, List<string>> _values = new(StringComparer.Ordinal);

    /// <param name="node">The instruction.</param>
    /// <param name="known">Names; <c>name?</c> holds a truth value and may stand alone, <c>name*</c> may come several times.</param>
    public InstructionFlags(Node node, params ReadOnlySpan<string> known)
    {
        foreach (var flag in node.Flags)
        {
            var equals = flag.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? flag[2..] : flag[2..equals];
            var form = Find(known, name) ?? throw NaruException.Invalid($"unknown flag: --{name}");
            var value = equals >= 0 ? flag[(equals + 1)..] : form.EndsWith('?') ? "true" : throw NaruException.Invalid($"missing a value on flag: --{name}");
            if (_values.TryGetValue(name, out var values))
            {
                if (!form.EndsWith('*'))
                {
                    throw NaruException.Invalid($"duplicate flag specified: {name}");
                }

                values.Add(value);
            }
            else
            {
                _values[name] = [value];
            }
        }
    }

    public string Text(string name) => _values.TryGetValue(name, out var values) ? values[0] : "";

    public ImmutableArray<string> All(string name) => _values.TryGetValue(name, out var values) ? [.. values] : [];

    public bool Has(string name) => _values.ContainsKey(name);

    public bool Truth(string name) => Text(name) switch
    {
        "" or "false" => false,
        "true" => true,
        var other => throw NaruException.Invalid($"expecting boolean value for flag {name}, not: {other}"),
    };

    private static string? Find(ReadOnlySpan<string> known, string name)
    {
        foreach (var form in known)
        {
            if (form.AsSpan().TrimEnd("?*").SequenceEqual(name))
            {
                return form;
            }
        }

        return null;
    }
}
