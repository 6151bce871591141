using Naru.Cel.Functions;
using Naru.Cel.Runtime;

namespace Naru.Cel.Libraries;

/// <summary>Versions of software.</summary>
internal static class VersionLibrary
{
    public static void AddTo(FunctionBook book)
    {
        book.Add<string>("semver(string) semver", static text => Read(text, false));
        book.Add<string, bool>("semver(string,bool) semver", Read);
        book.Add<string>("isSemver(string) bool", static text => SemanticVersion.Read(text, false) is not null);
        book.Add<string, bool>("isSemver(string,bool) bool", static (text, loose) => SemanticVersion.Read(text, loose) is not null);
        book.Add<SemanticVersion>("semver.major() int", static one => (long)one.Major);
        book.Add<SemanticVersion>("semver.minor() int", static one => (long)one.Minor);
        book.Add<SemanticVersion>("semver.patch() int", static one => (long)one.Patch);
        book.Add<SemanticVersion, SemanticVersion>("semver.isGreaterThan(semver) bool", static (left, right) => left.CompareTo(right) > 0);
        book.Add<SemanticVersion, SemanticVersion>("semver.isLessThan(semver) bool", static (left, right) => left.CompareTo(right) < 0);
        book.Add<SemanticVersion, SemanticVersion>("semver.compareTo(semver) int", static (left, right) => (long)Math.Sign(left.CompareTo(right)));
    }

    private static object Read(string text, bool loose) => SemanticVersion.Read(text, loose) is { } version ? version : new CelError($"semver parse error during conversion from string: \"{text}\"");
}
