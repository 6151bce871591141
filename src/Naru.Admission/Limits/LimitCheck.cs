using System.Globalization;
using Naru.Objects.Quantities;
using Naru.Objects.Quotas;
using Naru.Objects.Values;

namespace Naru.Admission.Limits;

/// <summary>Compares what is asked for with one item of a limit range.</summary>
internal sealed class LimitCheck(MapValue item, List<string> errors)
{
    private readonly string _type = item.Text("type") ?? "";

    /// <summary>Requests and limits of a container or pod.</summary>
    public void Compute(Dictionary<string, Quantity> requests, Dictionary<string, Quantity> limits)
    {
        foreach (var (name, least) in Sorted("min"))
        {
            Least(name, least, requests, limits);
        }

        foreach (var (name, most) in Sorted("max"))
        {
            Most(name, most, requests, limits);
        }

        foreach (var (name, ratio) in Sorted("maxLimitRequestRatio"))
        {
            Ratio(name, ratio, requests, limits);
        }
    }

    /// <summary>Requests of a claim, which has no limits.</summary>
    public void Storage(Dictionary<string, Quantity> requests)
    {
        foreach (var (name, least) in Sorted("min"))
        {
            if (!requests.TryGetValue(name, out var asked))
            {
                errors.Add($"minimum {name} usage per {_type} is {least}.  No request is specified");
            }
            else if (asked < least)
            {
                errors.Add($"minimum {name} usage per {_type} is {least}, but request is {asked}");
            }
        }

        foreach (var (name, most) in Sorted("max"))
        {
            if (!requests.TryGetValue(name, out var asked))
            {
                errors.Add($"maximum {name} usage per {_type} is {most}.  No request is specified");
            }
            else if (asked > most)
            {
                errors.Add($"maximum {name} usage per {_type} is {most}, but request is {asked}");
            }
        }
    }

    private void Least(string name, Quantity least, Dictionary<string, Quantity> requests, Dictionary<string, Quantity> limits)
    {
        if (!requests.TryGetValue(name, out var asked))
        {
            errors.Add($"minimum {name} usage per {_type} is {least}.  No request is specified");
        }
        else if (asked < least)
        {
            errors.Add($"minimum {name} usage per {_type} is {least}, but request is {asked}");
        }
        else if (limits.TryGetValue(name, out var limit) && limit < least)
        {
            errors.Add($"minimum {name} usage per {_type} is {least}, but limit is {limit}");
        }
    }

    private void Most(string name, Quantity most, Dictionary<string, Quantity> requests, Dictionary<string, Quantity> limits)
    {
        if (!limits.TryGetValue(name, out var limit))
        {
            errors.Add($"maximum {name} usage per {_type} is {most}.  No limit is specified");
        }
        else if (limit > most)
        {
            errors.Add($"maximum {name} usage per {_type} is {most}, but limit is {limit}");
        }
        else if (requests.TryGetValue(name, out var asked) && asked > most)
        {
            errors.Add($"maximum {name} usage per {_type} is {most}, but request is {asked}");
        }
    }

    private void Ratio(string name, Quantity ratio, Dictionary<string, Quantity> requests, Dictionary<string, Quantity> limits)
    {
        if (!requests.TryGetValue(name, out var asked) || asked.IsZero)
        {
            errors.Add($"{name} max limit to request ratio per {_type} is {ratio}, but no request is specified or request is 0");
        }
        else if (!limits.TryGetValue(name, out var limit) || limit.IsZero)
        {
            errors.Add($"{name} max limit to request ratio per {_type} is {ratio}, but no limit is specified or limit is 0");
        }
        else if (limit.AsDouble / asked.AsDouble > ratio.AsDouble)
        {
            errors.Add($"{name} max limit to request ratio per {_type} is {ratio}, but provided ratio is {(limit.AsDouble / asked.AsDouble).ToString("F6", CultureInfo.InvariantCulture)}");
        }
    }

    private IEnumerable<KeyValuePair<string, Quantity>> Sorted(string field) => PodResources.Read(item.Map(field)).OrderBy(static one => one.Key, StringComparer.Ordinal);
}
