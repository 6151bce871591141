using System.Security.Cryptography;
using Naru.Core.Errors;

namespace Naru.Containers.Creation;

/// <summary>Names of containers: which are allowed, and pleasant ones for those that got none.</summary>
internal static class ContainerNames
{
    private static readonly string[] Adjectives =
    [
        "able", "amber", "ample", "apt", "brave", "breezy", "bright", "brisk", "calm", "candid", "cheerful", "civil", "clear", "clever",
        "cosy", "crisp", "curious", "daring", "deft", "eager", "early", "earnest", "easy", "fair", "fond", "frank", "fresh", "gentle",
        "glad", "golden", "graceful", "grand", "hardy", "honest", "humble", "jolly", "keen", "kind", "lively", "loyal", "lucid", "mellow",
        "merry", "mild", "modest", "neat", "nimble", "noble", "patient", "plucky", "polite", "prompt", "proud", "quick", "quiet", "ready",
        "robust", "serene", "sharp", "silent", "sincere", "smart", "snug", "sober", "spry", "steady", "sunny", "swift", "tender", "tidy",
        "tranquil", "trusty", "upbeat", "vivid", "warm", "watchful", "wise", "witty", "young", "zesty",
    ];

    private static readonly string[] Surnames =
    [
        "abel", "banach", "bohr", "boole", "cantor", "cauchy", "cerf", "chandra", "church", "curie", "dijkstra", "dirac", "engelbart",
        "erdos", "euler", "faraday", "fermi", "fourier", "franklin", "galois", "gauss", "goldberg", "hamilton", "heo", "hilbert", "hodgkin",
        "hopper", "hubble", "hypatia", "jang", "johnson", "kepler", "khayyam", "kim", "kovalevskaya", "lagrange", "lamarr", "lamport",
        "laplace", "lee", "leibniz", "liskov", "lovelace", "maxwell", "meitner", "mendel", "mirzakhani", "napier", "newton", "noether",
        "pascal", "pasteur", "payne", "perlman", "planck", "poincare", "raman", "ramanujan", "riemann", "ritchie", "rubin", "sejong",
        "shannon", "tesla", "thompson", "torvalds", "turing", "volta", "wilkes", "wirth", "woo", "wu", "yalow", "yi", "zuse",
    ];

    /// <summary>The name without its leading slash.</summary>
    /// <exception cref="NaruException"><see cref="ErrorKind.InvalidArgument"/>: not of the allowed letters.</exception>
    public static string Check(string name)
    {
        var bare = name.StartsWith('/') ? name[1..] : name;
        if (bare.Length < 2 || !char.IsAsciiLetterOrDigit(bare[0]) || !bare.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.' or '-'))
        {
            throw NaruException.Invalid($"Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
        }

        return bare;
    }

    /// <summary>An adjective and a surname; from the second attempt on with a number.</summary>
    public static string Make(int attempt)
    {
        var name = $"{Adjectives[RandomNumberGenerator.GetInt32(Adjectives.Length)]}_{Surnames[RandomNumberGenerator.GetInt32(Surnames.Length)]}";
        return attempt == 0 ? name : $"{name}{RandomNumberGenerator.GetInt32(10 * attempt)}";
    }
}
