using Naru.Cel.Runtime;
using Naru.Cel.Types;

namespace Naru.Cel.Functions;

/// <summary>Reads signatures: <c>list(A).indexOf(A) int</c>.</summary>
internal sealed class Signature(string text)
{
    private static readonly Dictionary<string, CelType> Names = new()
    {
        ["dyn"] = CelType.Dyn, ["null"] = CelType.Null, ["bool"] = CelType.Bool, ["int"] = CelType.Int, ["uint"] = CelType.Uint, ["double"] = CelType.Double,
        ["string"] = CelType.Text, ["bytes"] = CelType.Bytes, ["timestamp"] = CelType.Timestamp, ["duration"] = CelType.Duration, ["type"] = CelType.Type,
        ["A"] = CelType.Parameter("A"), ["B"] = CelType.Parameter("B"),
        ["url"] = RuntimeTypes.Url, ["ip"] = RuntimeTypes.Ip, ["cidr"] = RuntimeTypes.Cidr, ["quantity"] = RuntimeTypes.Amount, ["semver"] = RuntimeTypes.Version,
        ["format"] = RuntimeTypes.NamedFormat, ["authorizer"] = RuntimeTypes.Authorizer, ["pathCheck"] = RuntimeTypes.PathCheck, ["groupCheck"] = RuntimeTypes.GroupCheck,
        ["resourceCheck"] = RuntimeTypes.ResourceCheck, ["decision"] = RuntimeTypes.Decision,
    };

    private int _at;

    /// <summary>The way to call that a text describes. With a member call, what stands before the last dot in front of the bracket is the target's type.</summary>
    public static Overload Read(string text, FunctionBody body)
    {
        var signature = new Signature(text);
        var parameters = new List<CelType>();
        var name = signature.NameAndTarget(parameters);
        var member = parameters.Count == 1;
        signature.Expect('(');
        while (!signature.Try(')'))
        {
            parameters.Add(signature.Type());
            signature.Try(',');
        }

        return new Overload(name, member, [.. parameters], signature.Type(), body);
    }

    private string NameAndTarget(List<CelType> parameters)
    {
        // Namespaced functions are written with ':' for the dot: sets:contains.
        var start = _at;
        var word = Word();
        if (word.Contains(':', StringComparison.Ordinal) || !Names.ContainsKey(word) && word is not ("list" or "map" or "optional"))
        {
            return word.Replace(':', '.');
        }

        _at = start;
        var target = Type();
        if (Try('.'))
        {
            parameters.Add(target);
            return Word();
        }

        _at = start;
        return Word();
    }

    private CelType Type()
    {
        var word = Word();
        switch (word)
        {
            case "list" when Peek('('):
                Expect('(');
                var element = Type();
                Expect(')');
                return CelType.ListOf(element);
            case "optional" when Peek('('):
                Expect('(');
                var inner = Type();
                Expect(')');
                return CelType.OptionalOf(inner);
            case "map" when Peek('('):
                Expect('(');
                var key = Type();
                Expect(',');
                var value = Type();
                Expect(')');
                return CelType.MapOf(key, value);
            case "list":
                return CelType.AnyList;
            case "map":
                return CelType.AnyMap;
            default:
                return Names.TryGetValue(word, out var type) ? type : throw new FormatException($"unknown type '{word}' in signature '{text}'");
        }
    }

    private string Word()
    {
        Space();
        var start = _at;
        while (_at < text.Length && text[_at] is not ('(' or ')' or ',' or '.' or ' '))
        {
            _at++;
        }

        return text[start.._at];
    }

    private void Space()
    {
        while (_at < text.Length && text[_at] == ' ')
        {
            _at++;
        }
    }

    private bool Peek(char one) => _at < text.Length && text[_at] == one;

    private bool Try(char one)
    {
        Space();
        if (!Peek(one))
        {
            return false;
        }

        _at++;
        return true;
    }

    private void Expect(char one)
    {
        if (!Try(one))
        {
            throw new FormatException($"'{one}' expected at {_at} in signature '{text}'");
        }
    }
}
