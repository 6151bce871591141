using Naru.Agent.Containers;

namespace Naru.Agent.Tests.Containers;

public sealed class EnvironmentFileTests
{
    [Theory]
    [InlineData("A='x'", "A", "x")]
    [InlineData("# a comment\n\n  A='x y'  # behind\nB='2'\n", "B", "2")]
    [InlineData("A='one\ntwo=2'\nB='3'", "A", "one\ntwo=2")]
    [InlineData("A='#no comment'", "A", "#no comment")]
    [InlineData("A=plain\nB=2", "A", "plain")]
    [InlineData("A=plain # said\n", "A", "plain ")]
    [InlineData("A=''", "A", "")]
    [InlineData("A='1'", "B", null)]
    [InlineData("", "A", null)]
    public void Name_InAFile_HasItsValue(string text, string name, string? value) => Assert.Equal(value, EnvironmentFile.Find(text, name));

    [Theory]
    [InlineData("no assignment\nA='1'")]
    [InlineData("A='not closed")]
    [InlineData("A='1'2")]
    [InlineData("='1'")]
    public void File_OfOtherForm_IsRefused(string text) => Assert.Throws<FormatException>(() => EnvironmentFile.Find(text, "A"));
}
