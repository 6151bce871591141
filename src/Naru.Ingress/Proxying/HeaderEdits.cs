using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Naru.Ingress.Proxying;

/// <summary>Changes of a head: what is set, added and taken out, in this order.</summary>
internal sealed record HeaderEdits(ImmutableArray<KeyValuePair<string, string>> Set, ImmutableArray<KeyValuePair<string, string>> Add, ImmutableArray<string> Remove)
{
    public static readonly HeaderEdits None = new([], [], []);

    public bool IsEmpty => Set.IsEmpty && Add.IsEmpty && Remove.IsEmpty;

    public void Apply(IHeaderDictionary headers)
    {
        foreach (var (name, value) in Set)
        {
            headers[name] = value;
        }

        foreach (var (name, value) in Add)
        {
            headers[name] = StringValues.Concat(headers[name], value);
        }

        foreach (var name in Remove)
        {
            headers.Remove(name);
        }
    }
}
