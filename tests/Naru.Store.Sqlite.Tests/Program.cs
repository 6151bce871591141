using Naru.Store.Sqlite.Tests.Crashes;

namespace Naru.Store.Sqlite.Tests;

/// <summary>Runs the tests; or, as a child of one of them, writes until it is killed.</summary>
internal static class Program
{
    public static Task<int> Main(string[] arguments) => arguments switch
    {
        [CrashWriter.Command, var database] => CrashWriter.RunAsync(database),
        _ => Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(arguments, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
    };
}
