using Naru.Core.Builds;
using Naru.Dialects.BuildKit.Control;

namespace Naru.Dialects.BuildKit.Tests.Control;

public sealed class UsageFilterTests
{
    private static readonly BuildCacheRecord Record = new() { Id = "abc", Type = "regular", Description = "RUN make", Shared = true };

    [Theory]
    [InlineData("", true)]
    [InlineData("type==regular", true)]
    [InlineData("type!=regular", false)]
    [InlineData("id~=b", true)]
    [InlineData("shared", true)]
    [InlineData("inuse", false)]
    [InlineData("type==regular,inuse", false)]
    [InlineData("inuse|shared", true)]
    public void Allows_Table(string lines, bool expected) =>
        Assert.Equal(expected, UsageFilter.Allows(lines.Split('|', StringSplitOptions.RemoveEmptyEntries), Record));
}
