using Naru.Commands;
using Naru.Composition;
using Naru.Configuration;
using Naru.Testing;

namespace Naru.Tests.Composition;

public sealed class InstanceTests
{
    [Fact]
    public void Claim_Twice_SecondIsToldWhoHoldsIt()
    {
        using var directory = new TempDirectory();
        var options = Options(directory);
        using var first = Instance.Claim(options);

        var failure = Assert.Throws<CommandFailure>(() => Instance.Claim(options with { RunDirectory = Path.Combine(directory.Path, "other") }));

        Assert.Equal(ExitCodes.Busy, failure.ExitCode);
        Assert.Contains($"process {Environment.ProcessId}", failure.Message, StringComparison.Ordinal);
        Assert.Contains("data-dir", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Claim_OtherDataSameRun_IsRefusedAndLeavesTheDataFree()
    {
        using var directory = new TempDirectory();
        var options = Options(directory);
        var other = options with { DataDirectory = Path.Combine(directory.Path, "data2") };
        using (Instance.Claim(options))
        {
            Assert.Throws<CommandFailure>(() => Instance.Claim(other));
        }

        using var free = Instance.Claim(other);
    }

    [Fact]
    public void Claim_Again_KeepsTheId()
    {
        using var directory = new TempDirectory();
        var options = Options(directory);
        string Id()
        {
            using var instance = Instance.Claim(options);
            return instance.Directories.InstanceId;
        }

        var first = Id();

        Assert.Equal(8, first.Length);
        Assert.Equal(first, Id());
    }

    [Fact]
    public void Claim_MakesTheDataDirectoryRootsAlone()
    {
        using var directory = new TempDirectory();
        using var instance = Instance.Claim(Options(directory));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(instance.Directories.Data));
    }

    private static NaruOptions Options(TempDirectory directory) => new()
    {
        DataDirectory = Path.Combine(directory.Path, "data"),
        RunDirectory = Path.Combine(directory.Path, "run"),
    };
}
