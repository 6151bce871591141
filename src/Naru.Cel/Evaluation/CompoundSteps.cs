using Naru.Cel.Runtime;

namespace Naru.Cel.Evaluation;

/// <summary>Steps that make lists, maps and objects.</summary>
internal static class CompoundSteps
{
    public static Step List(Step[] items, HashSet<int> optional) => frame =>
    {
        frame.Cost.Charge(10);
        var made = new List<object>(items.Length);
        for (var index = 0; index < items.Length; index++)
        {
            var value = items[index](frame);
            if (optional.Contains(index) && !Unwrap(ref value))
            {
                continue;
            }

            if (value is CelError)
            {
                return value;
            }

            made.Add(value);
        }

        return new MadeList(made);
    };

    public static Step Map((Step Key, Step Value, bool IsOptional)[] entries) => frame =>
    {
        frame.Cost.Charge(30);
        var made = new MadeMap();
        foreach (var entry in entries)
        {
            var (key, value) = (entry.Key(frame), entry.Value(frame));
            if (entry.IsOptional && !Unwrap(ref value))
            {
                continue;
            }

            if (key is CelError || value is CelError)
            {
                return key is CelError ? key : value;
            }

            if (!made.Add(key, value))
            {
                return new CelError(made.Find(key) is null ? "unsupported key type" : $"Failed with repeated key: {CelText.Of(key)}");
            }
        }

        return made;
    };

    public static Step Object(string typeName, (string Name, Step Value, bool IsOptional)[] fields) => frame =>
    {
        frame.Cost.Charge(40);
        var made = new Dictionary<string, object>(fields.Length);
        foreach (var field in fields)
        {
            var value = field.Value(frame);
            if (field.IsOptional && !Unwrap(ref value))
            {
                continue;
            }

            if (value is CelError)
            {
                return value;
            }

            made[field.Name] = value;
        }

        return new MadeObject(typeName, made);
    };

    // False if there is nothing; what is no optional becomes an error.
    private static bool Unwrap(ref object value)
    {
        if (value is CelOptional optional)
        {
            value = optional.Value ?? value;
            return optional.Value is not null;
        }

        value = value is CelError ? value : CelError.NoOverload;
        return true;
    }
}
