using Naru.Cel.Libraries;

namespace Naru.Cel.Functions;

/// <summary>All functions by name. Built once; any thread.</summary>
internal sealed class FunctionBook
{
    private readonly Dictionary<string, List<Overload>> _functions = [];

    private FunctionBook()
    {
    }

    /// <summary>The functions of the language and of Kubernetes' libraries.</summary>
    public static FunctionBook Kubernetes { get; } = Build();

    /// <summary>Ways to call a function; empty if there is none.</summary>
    public IReadOnlyList<Overload> Find(string name) => _functions.TryGetValue(name, out var overloads) ? overloads : [];

    /// <summary>Adds a way to call a function.</summary>
    public void Add(string signature, FunctionBody body)
    {
        var overload = Signature.Read(signature, body);
        if (!_functions.TryGetValue(overload.Name, out var overloads))
        {
            _functions[overload.Name] = overloads = [];
        }

        overloads.Add(overload);
    }

    /// <summary>Adds a function of one value.</summary>
    public void Add<T>(string signature, Func<T, object> body) => Add(signature, (arguments, _) => body((T)arguments[0]));

    /// <summary>Adds a function of two values.</summary>
    public void Add<T1, T2>(string signature, Func<T1, T2, object> body) => Add(signature, (arguments, _) => body((T1)arguments[0], (T2)arguments[1]));

    /// <summary>Adds a function of three values.</summary>
    public void Add<T1, T2, T3>(string signature, Func<T1, T2, T3, object> body) => Add(signature, (arguments, _) => body((T1)arguments[0], (T2)arguments[1], (T3)arguments[2]));

    private static FunctionBook Build()
    {
        var book = new FunctionBook();
        Operators.AddTo(book);
        Conversions.AddTo(book);
        TimeLibrary.AddTo(book);
        TextLibrary.AddTo(book);
        PatternLibrary.AddTo(book);
        ListLibrary.AddTo(book);
        SetLibrary.AddTo(book);
        OptionalLibrary.AddTo(book);
        UrlLibrary.AddTo(book);
        AddressLibrary.AddTo(book);
        QuantityLibrary.AddTo(book);
        VersionLibrary.AddTo(book);
        FormatLibrary.AddTo(book);
        EncodingLibrary.AddTo(book);
        AuthorizerLibrary.AddTo(book);
        return book;
    }
}
