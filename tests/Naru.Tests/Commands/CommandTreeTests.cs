using Naru.Commands;
using Naru.Configuration;

namespace Naru.Tests.Commands;

public sealed class CommandTreeTests
{
    [Fact]
    public void Up_HasAFlagForEverySetting()
    {
        var flags = CommandTree.Build().Subcommands.Single(command => command.Name == "up").Options.Select(option => option.Name);

        Assert.Empty(Settings.All.Select(setting => "--" + setting.Name).Except(flags));
    }

    [Fact]
    public void EveryCommand_SaysWhatItDoes()
    {
        Assert.All(All(CommandTree.Build()), command => Assert.False(string.IsNullOrWhiteSpace(command.Description), command.Name));

        static IEnumerable<System.CommandLine.Command> All(System.CommandLine.Command command) => command.Subcommands.SelectMany(All).Prepend(command);
    }

    [Theory]
    [InlineData("up", "--data-dir", "/a", "--data-dir", "/b")]
    [InlineData("up", "--nosuch")]
    [InlineData("nosuch")]
    [InlineData("up", "extra")]
    [InlineData("status", "-o", "xml")]
    [InlineData("agent", "--server", "https://x")]
    [InlineData("server", "--service-range", "here")]
    [InlineData("store", "migrate")]
    [InlineData("store", "migrate", "--to", "paper")]
    [InlineData("config", "--data-dir", "relative")]
    [InlineData("gc", "--free", "lots", "--run-dir", "/tmp/nowhere")]
    public async Task Run_WrongUse_EndsWithTheUsageCode(params string[] arguments) =>
        Assert.Equal(ExitCodes.Usage, await CommandTree.RunAsync(arguments));

    [Theory]
    [InlineData("status")]
    [InlineData("gc")]
    [InlineData("socket", "list")]
    [InlineData("env", "--timeout", "0s")]
    public async Task Run_NobodyAnswers_EndsWithItsCode(params string[] arguments) =>
        Assert.Equal(ExitCodes.NotRunning, await CommandTree.RunAsync([.. arguments, "--run-dir", "/tmp/naru-test-nobody"]));
}
