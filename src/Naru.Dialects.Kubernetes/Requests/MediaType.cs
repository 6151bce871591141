namespace Naru.Dialects.Kubernetes.Requests;

/// <summary>A media type with its parameters, as in Accept and Content-Type.</summary>
internal sealed record MediaType(string Name, IReadOnlyList<KeyValuePair<string, string>> Parameters, double Quality)
{
    /// <summary>A parameter's value; empty if it is not there.</summary>
    public string this[string parameter]
    {
        get
        {
            foreach (var (name, value) in Parameters)
            {
                if (name.Equals(parameter, StringComparison.OrdinalIgnoreCase))
                {
                    return value;
                }
            }

            return "";
        }
    }

    /// <summary>Reads a header of several types, best first; those that are no types are passed over.</summary>
    public static IReadOnlyList<MediaType> ReadAll(string header)
    {
        var found = new List<MediaType>();
        foreach (var part in header.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Read(part) is { } type)
            {
                found.Add(type);
            }
        }

        return found.Count < 2 ? found : [.. found.OrderByDescending(static type => type.Quality).ThenBy(static type => Width(type.Name))];
    }

    /// <summary>Reads one type; null if it is none.</summary>
    public static MediaType? Read(string text)
    {
        var parts = text.Split(';');
        var name = parts[0].Trim().ToLowerInvariant();
        if (name.Length == 0 || !name.Contains('/', StringComparison.Ordinal))
        {
            return null;
        }

        var parameters = new List<KeyValuePair<string, string>>(parts.Length - 1);
        var quality = 1.0;
        foreach (var part in parts.AsSpan(1))
        {
            var place = part.IndexOf('=', StringComparison.Ordinal);
            var key = (place < 0 ? part : part[..place]).Trim();
            var value = place < 0 ? "" : part[(place + 1)..].Trim().Trim('"');
            if (key == "q")
            {
                quality = double.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out var given) ? given : 1;
            }
            else
            {
                parameters.Add(new(key, value));
            }
        }

        return new MediaType(name, parameters, quality);
    }

    // How much a type leaves open: exact ones come first among equals.
    private static int Width(string name) => name == "*/*" ? 2 : name.EndsWith("/*", StringComparison.Ordinal) ? 1 : 0;
}
